import { existsSync, watch, type FSWatcher } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

import { messageOf } from "@sst-gatehouse/blueprint/message-of";

/** An editor writes a file in several steps; they count as one change. */
const settleMs = 50;

export interface SourceWatch {
  /**
   * Watches these files from now on, and no others.
   *
   * @param files as absolute paths.
   * @param which "new ones too": any other source file beside one of them counts as well, such as one whose absence broke
   *   the build.
   */
  follow(files: ReadonlySet<string>, which: "these" | "new ones too"): void;
  /** Resolves when a change that is being dealt with is done. */
  close(): Promise<void>;
}

/**
 * Calls back after each edit of a file that is followed; one call at a time.
 *
 * It watches folders and not files: many editors replace a file instead of writing to it. A folder that is gone is waited
 * for in the one above.
 *
 * @param root of the app.
 * @param onChanged gets paths relative to the root, with `/`. When it resolves to false, they are passed again with the
 *   next change. It must not reject.
 * @param onUnwatched is called once, when the system watches no more folders, with what it says.
 */
export function watchSources(
  root: string,
  onChanged: (paths: readonly string[]) => Promise<boolean>,
  onUnwatched: (reason: string) => void = () => {},
): SourceWatch {
  const watchers = new Map<string, FSWatcher>();
  let followed: ReadonlySet<string> = new Set();
  let newOnesToo = false;
  let pending = new Set<string>();
  let working = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const work = async (): Promise<void> => {
    const paths = pending;
    pending = new Set();
    if (!(await onChanged([...paths]))) pending = new Set([...paths, ...pending]);
  };
  const changed = (path: string): void => {
    pending.add(relative(root, path).replaceAll(sep, "/"));
    clearTimeout(timer);
    // One after the other: an edit made during a build gets another build.
    timer = setTimeout(() => {
      working = working.then(work);
    }, settleMs);
  };
  const counts = (path: string): boolean =>
    followed.has(path) ||
    (newOnesToo && /\.([cm]?[jt]sx?|json)$/.test(path)) ||
    // A folder on the way to a followed file.
    [...followed].some((file) => isIn(file, path));
  let isTold = false;
  const add = (folder: string): void => {
    try {
      watchFolder(folder);
    } catch (error) {
      // Linux has a limit for a user's programs together. A folder that has gone meanwhile shows in the one above.
      if (!isTold && existsSync(folder)) onUnwatched(messageOf(error));
      isTold ||= existsSync(folder);
    }
  };
  const watchFolder = (folder: string): void => {
    const watcher = watch(folder, (event, name) => {
      if (name === null || !counts(join(folder, name))) return;
      // Another folder may have taken its place.
      if (event === "rename") drop((watched) => isIn(watched, join(folder, name)));
      changed(join(folder, name));
    });
    // The folder was removed: the watcher of the one above reports that.
    watcher.on("error", () => {});
    watchers.set(folder, watcher);
  };
  const drop = (which: (folder: string) => boolean): void => {
    for (const [folder, watcher] of watchers) {
      if (!which(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
  };
  return {
    follow(files, which) {
      followed = files;
      newOnesToo = which === "new ones too";
      const folders = new Set(
        [...files].flatMap((file) => {
          const folder = nearest(dirname(file));
          // Its own removal shows in the one above.
          return folder === root ? [folder] : [folder, dirname(folder)];
        }),
      );
      drop((folder) => !folders.has(folder));
      for (const folder of folders) if (!watchers.has(folder)) add(folder);
    },
    async close() {
      clearTimeout(timer);
      drop(() => true);
      await working;
    },
  };
}

/** Whether a path is a folder's, or of something below it. */
function isIn(path: string, folder: string): boolean {
  return `${path}${sep}`.startsWith(folder + sep);
}

/** The folder, or the next above it that there is. */
function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder));
}
