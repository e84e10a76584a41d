import { sep } from "node:path";

import type { Plugin } from "esbuild";

const packages = `${sep}node_modules${sep}`;

/**
 * Notes what a build reads, whether or not it succeeds: where a mistake is, is a file that was read.
 *
 * @param reads gets absolute paths, without those of installed packages, which nobody edits.
 */
export function recordReads(reads: Set<string>): Plugin {
  return {
    name: "record-reads",
    setup(bundler) {
      bundler.onLoad({ filter: /./ }, ({ path }) => {
        if (!path.includes(packages)) reads.add(path);
        return undefined;
      });
    },
  };
}
