import { join } from "node:path";

import type { Plugin } from "esbuild";

/** Core's own modules around other people's libraries. */
const seldomNeeded = /^\.\/library-(?:check|signature)\.ts$/;

/** Leaves libraries that few requests need out of a bundle: the first of them loads `libraries.cjs`. */
export const seldomLibraries: Plugin = {
  name: "seldom-libraries",
  setup(bundler) {
    const path = join(import.meta.dirname, "replacements/libraries.ts");
    bundler.onResolve({ filter: seldomNeeded }, () => ({ path }));
  },
};
