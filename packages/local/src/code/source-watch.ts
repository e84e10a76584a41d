import { watch } from "node:fs";
import { join, relative, sep } from "node:path";

import { watchTree } from "./tree-watch.ts";

/** What both functions are built from, and what the running stack was set up from. */
const folders = [
  "packages/backend/src",
  "packages/blueprint/src",
  "packages/client/src",
  "packages/core/src",
  "packages/edge/src",
  "packages/functions/src",
];
const rootFiles = ["access.ts", "stages.ts"];

/** An editor writes a file in several steps; they count as one change. */
const settleMs = 50;

export interface SourceWatch {
  /** Resolves when a change that is being dealt with is done. */
  close(): Promise<void>;
}

/**
 * Calls back after each edit of a source file, tests apart; one call at a time.
 *
 * @param root of the repository.
 * @param onChanged gets paths relative to the root, with `/`. When it resolves to false, they are passed again with the
 *   next change. It must not reject.
 */
export function watchSources(
  root: string,
  onChanged: (paths: readonly string[]) => Promise<boolean>,
): SourceWatch {
  let pending = new Set<string>();
  let working = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    const paths = pending;
    pending = new Set();
    if (!(await onChanged([...paths]))) pending = new Set([...paths, ...pending]);
  };
  const changed = (path: string): void => {
    pending.add(path);
    clearTimeout(timer);
    // One after the other: an edit made during a build gets another build.
    timer = setTimeout(() => {
      working = working.then(work);
    }, settleMs);
  };

  const watchers = [
    // The directory and not the two files: many editors replace a file instead of writing to it.
    watch(root, (_event, file) => {
      if (file !== null && rootFiles.includes(file)) changed(file);
    }),
    ...folders.map((folder) =>
      watchTree(join(root, folder), (path, kind) => {
        if (kind === "folder" || isSource(path)) changed(relative(root, path).replaceAll(sep, "/"));
      }),
    ),
  ];

  return {
    async close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await working;
    },
  };
}

function isSource(path: string): boolean {
  return /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path);
}
