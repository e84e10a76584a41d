import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { build } from "esbuild";

import { currentPageScript, updatePageScript } from "./page-script/bundle.ts";

/** What Lambda's `lambda.handler` names. `.mjs` makes it an ES module without a `package.json`. */
const bundleName = "lambda.mjs";

/** What CommonJS packages, such as Express, expect to find; SST gives a deployed bundle the same. */
const commonJsNames = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "const require = createRequireOfBundle(import.meta.url);",
  "const { filename: __filename, dirname: __dirname } = import.meta;",
].join("\n");

/**
 * Bundles the backend as it is deployed: one file, handler `lambda.handler`, which needs nothing else to run.
 *
 * @param outdir emptied first; `dist` of this package when absent.
 * @param entry the module that exports `handler`.
 * @returns where the code is, and the size of the bundle in bytes.
 * @throws esbuild's `BuildFailure` with its messages; what stood in `outdir` then stays as it was.
 */
export async function buildFunctions(
  outdir: string = join(import.meta.dirname, "dist"),
  entry: string = join(import.meta.dirname, "src/lambda.ts"),
): Promise<{ outdir: string; bytes: number }> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    banner: { js: commonJsNames },
    plugins: [currentPageScript],
    write: false,
    logLevel: "silent",
  });
  const [bundle, ...others] = outputFiles;
  if (bundle === undefined || others.length > 0) throw new TypeError("the backend is one file");
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, bundleName), bundle.contents);
  return { outdir, bytes: bundle.contents.byteLength };
}

if (import.meta.main) {
  await updatePageScript();
  const { outdir, bytes } = await buildFunctions();
  console.log(`${relative(process.cwd(), join(outdir, bundleName))}  ${bytes} bytes`);
}
