import { readdirSync, watch, type FSWatcher } from "node:fs";
import { join, sep } from "node:path";

/**
 * Calls back for each file that is written, made, replaced or removed in a folder or below it, and for each folder
 * below it that is made or removed with whatever it holds.
 *
 * Each folder has its own watcher, because Node's recursive one loses sight of a file that was replaced.
 *
 * @throws {Error} when there is no such folder, or the system has no more watchers.
 */
export function watchTree(
  top: string,
  onChange: (path: string, kind: "file" | "folder") => void,
): { close(): void } {
  const watchers = new Map<string, FSWatcher>();

  /** @returns whether there is such a folder. */
  const add = (folder: string): boolean => {
    try {
      const watcher = watch(folder, (event, name) => changed(folder, event, name));
      // A folder was removed: the watcher of its parent reports that.
      watcher.on("error", () => {});
      watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) add(join(folder, entry.name));
      return true;
    } catch (error) {
      remove(folder);
      if (isNoFolder(error)) return false;
      throw error;
    }
  };

  /** @returns whether there was one. */
  const remove = (folder: string): boolean => {
    const gone = [...watchers.keys()].filter(
      (path) => path === folder || path.startsWith(folder + sep),
    );
    for (const path of gone) {
      watchers.get(path)?.close();
      watchers.delete(path);
    }
    return gone.length > 0;
  };

  const changed = (folder: string, event: string, name: string | null): void => {
    if (name === null) return onChange(folder, "folder");
    const path = join(folder, name);
    const isFolder = event === "rename" && [remove(path), add(path)].includes(true);
    onChange(path, isFolder ? "folder" : "file");
  };

  if (!add(top)) throw new Error(`there is no folder ${top}`);
  return { close: () => void remove(top) };
}

function isNoFolder(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code))
  );
}
