import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { handlerEndings, neverBundled } from "@sst-gatehouse/blueprint/handler-files";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import type { Bundle } from "./code-source.ts";
import { recordReads } from "./record-reads.ts";

/** The module's name in Lambda. `.mjs` makes it an ES module without a `package.json`. */
const moduleName = "lambda";

/** What CommonJS packages, such as Express, expect to find; SST gives a deployed bundle the same. */
const commonJsNames = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "const require = createRequireOfBundle(import.meta.url);",
  "const { filename: __filename, dirname: __dirname } = import.meta;",
].join("\n");

export interface HandlerToBuild {
  /** The folder with `sst.config.ts`. */
  readonly root: string;
  /** The backend's name in `gate.ts`. */
  readonly name: string;
  /** `<file without its ending>.<export>`, from the root. */
  readonly handler: string;
}

/**
 * Bundles a backend as it is deployed: one file, which needs nothing else to run.
 *
 * @param into an empty folder; made when missing.
 * @param reads gets the paths of what was read.
 * @throws {Error} (rejects) saying which file was looked for, or esbuild's `BuildFailure` with its messages.
 */
export async function buildHandler(
  { root, name, handler }: HandlerToBuild,
  into: string,
  reads: Set<string>,
): Promise<Bundle> {
  const [, file = "", exported = ""] = /^(.*)\.(\w+)$/.exec(handler) ?? [];
  const entry = handlerEndings
    .map((ending) => join(root, file + ending))
    .find((path) => existsSync(path));
  if (entry === undefined)
    throw new Error(
      `gate.ts: backends.${name}.handler is ${JSON.stringify(handler)}, and there is no ${file}.ts in ${root} (nor with one of the endings ${handlerEndings.slice(1).join(" ")})`,
    );
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    // Error classes and decorators ask for names, and SST keeps them.
    keepNames: true,
    // Where an error was thrown is told in the lines that people write.
    sourcemap: "linked",
    outfile: join(into, `${moduleName}.mjs`),
    banner: { js: commonJsNames },
    write: false,
    logLevel: "silent",
    // Not on this machine: code that imports it when it is needed loads.
    external: neverBundled,
    plugins: [recordReads(reads)],
  }).catch((error: unknown) => {
    throw /No loader is configured/.test(messageOf(error)) ? builtOtherwise(error) : error;
  });
  const others = outputFiles.filter(({ path }) => !/\.mjs(?:\.map)?$/.test(path));
  if (others.length > 0) throw new TypeError("the backend is one file");
  await mkdir(into, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  return { directory: into, handler: `${moduleName}.${exported}` };
}

/** Here a handler is built as SST builds one without options of its own, which only sst.config.ts knows. */
function builtOtherwise(error: unknown): Error {
  const what =
    "if sst.config.ts gives this function nodejs.loader, esbuild or plugins, npx gatehouse start --from-deploy builds it with them; native code (.node) does not run here, so import it where it is needed and install it with nodejs.install";
  return new Error(`${messageOf(error)}\n${what}`, { cause: error });
}
