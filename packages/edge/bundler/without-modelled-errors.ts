import { readFile } from "node:fs/promises";

import type { Plugin } from "esbuild";

const schemas = /@aws-sdk\/client-ssm\/dist-es\/schemas\/schemas_0\.js$/;
const modelledError =
  /^export var \w+\$ = \[-3, n0,[^]*?^\];\nn0_registry\.registerError\(.*\);$/gm;

/**
 * Leaves the 140 errors of Parameter Store's other operations out of its SDK, a quarter of its code: each is registered while
 * the SDK loads. An error that is not registered is the SDK's general one, under the same name.
 */
export const withoutModelledErrors: Plugin = {
  name: "without-modelled-errors",
  setup(bundler) {
    bundler.onLoad({ filter: schemas }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(modelledError, ""),
    }));
  },
};
