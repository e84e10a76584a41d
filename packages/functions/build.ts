import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { build, type Plugin } from "esbuild";

/** What Lambda's `lambda.handler` names. `.mjs` makes it an ES module without a `package.json` beside it. */
const bundleName = "lambda.mjs";

const workspace = join(import.meta.dirname, "../..");

export interface BuildFunctionsOptions {
  /** Where the code goes; emptied first. `packages/functions/dist` when absent. */
  readonly outdir?: string;
  /**
   * The workspace to build, when it is not this one: a copy with `access.ts` and this package, core and blueprint. npm
   * packages that it does not have come from this one.
   */
  readonly root?: string;
}

/**
 * Bundles the backend as it is deployed: one file, handler `lambda.handler`, nothing else needed beside it.
 *
 * @returns where the code is, and the size of the bundle in bytes.
 * @throws esbuild's `BuildFailure` with its messages; what stood in `outdir` then stays as it was.
 */
export async function buildFunctions(
  options: BuildFunctionsOptions = {},
): Promise<{ outdir: string; bytes: number }> {
  const { outdir = join(import.meta.dirname, "dist"), root = workspace } = options;
  const { outputFiles } = await build({
    entryPoints: [join(root, "packages/functions/src/lambda.ts")],
    absWorkingDir: root,
    plugins: [workspacePackages(root)],
    nodePaths: [join(import.meta.dirname, "node_modules"), join(workspace, "node_modules")],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
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

/** Takes our own packages from the workspace that is built; a copy's `node_modules` may lead back to the original. */
function workspacePackages(root: string): Plugin {
  return {
    name: "workspace-packages",
    setup(bundler) {
      bundler.onResolve({ filter: /^@gatehouse\// }, async ({ path }) => {
        const [, name = "", ...door] = path.split("/");
        const directory = join(root, "packages", name);
        const text = await readFile(join(directory, "package.json"), "utf8");
        const { exports }: { exports: Record<string, string | undefined> } = JSON.parse(text);
        const file = exports[`./${door.join("/")}`];
        return file === undefined
          ? { errors: [{ text: `${path} is not exported` }] }
          : { path: join(directory, file) };
      });
    },
  };
}

if (import.meta.main) {
  const { outdir, bytes } = await buildFunctions();
  console.log(`${relative(process.cwd(), join(outdir, bundleName))}  ${bytes} bytes`);
}
