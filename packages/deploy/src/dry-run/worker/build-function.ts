import { createCipheriv } from "node:crypto";
import { access, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { handlerEndings, neverBundled } from "@sst-gatehouse/blueprint/handler-files";

import { commonJsInEsm, loadEsbuild, messagesOf, type Plugin } from "./esbuild.ts";
import { notBuilt } from "../workspace/not-built.ts";
import type { Job, Workshop } from "./job.ts";
import { createReuse, type Made } from "./reuse.ts";

/** What SST's components ask the CLI to build. */
export interface FunctionInput {
  readonly functionID: string;
  /** `<file without ending>.<export>`, from the project. */
  readonly handler: string;
  readonly runtime: string;
  /** A directory that is built already. */
  readonly bundle?: string;
  /** 32 bytes in base64. */
  readonly encryptionKey: string;
  readonly links?: Readonly<Record<string, unknown>>;
  readonly properties?: NodeProperties | null;
}

interface NodeProperties {
  readonly banner?: string;
  readonly esbuild?: Readonly<Record<string, unknown>> | null;
  readonly format?: "cjs" | "esm";
  /** Names of packages, or their versions by name. */
  readonly install?: readonly string[] | Readonly<Record<string, string>> | null;
  readonly loader?: Readonly<Record<string, string>>;
  readonly minify?: boolean;
  /** A module of the project, whose default export is a list of esbuild's plugins. */
  readonly plugins?: string;
  readonly sourcemap?: boolean;
  readonly splitting?: boolean;
}

export interface BuiltFunction {
  /** The directory that becomes the function's code. */
  readonly out: string;
  readonly handler: string;
  readonly errors: readonly string[];
  /** Files in `out` that are uploaded with the code. */
  readonly sourcemaps: readonly string[];
}

/** Directories with what was bundled. */
const bundles = createReuse<string>();

/**
 * Builds the code of a function for Node.js, as SST's CLI does for `sst deploy`, but for the packages that it would
 * install beside the bundle. A function for another runtime is not built: a file says so in the place of its code.
 *
 * @throws {Error} (rejects) when there is no such handler.
 */
export async function buildFunction(
  { project, scratch, changed }: Workshop & Pick<Job, "changed">,
  input: FunctionInput,
): Promise<BuiltFunction> {
  const { bundle = "", functionID, handler } = input;
  if (bundle !== "") {
    await sealLinks(bundle, input);
    return { out: bundle, handler, errors: [], sourcemaps: [] };
  }
  const properties = input.properties ?? {};
  const out = join(project, ".sst/artifacts", `${functionID}-src`);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  if (!input.runtime.startsWith("nodejs")) {
    await writeFile(join(out, notBuilt), `${handler} for ${input.runtime} is not built here.\n`);
    return { out, handler, errors: [], sourcemaps: [] };
  }
  const esm = properties.format !== "cjs";
  const outfile = join(out, esm ? "bundle.mjs" : "bundle.cjs");
  const { sourcemap, external, ...own } = properties.esbuild ?? {};
  const { install, plugins = "", splitting = false } = properties;
  const installed = Array.isArray(install) ? install : Object.keys(install ?? {});
  const isMapped = sourcemap === undefined || sourcemap === true;
  const build = async (): Promise<Made<string>> => {
    const { metafile } = await loadEsbuild(join(project, ".sst/platform")).build({
      target: "es2023",
      keepNames: true,
      mainFields: esm ? ["module", "main"] : ["main"],
      ...own,
      sourcemap: isMapped ? "linked" : sourcemap,
      external: [...neverBundled, ...installed, ...(Array.isArray(external) ? external : [])],
      entryPoints: [await entryOf(project, handler)],
      absWorkingDir: project,
      ...(splitting
        ? { splitting, outdir: out, entryNames: "bundle", outExtension: { ".js": ".mjs" } }
        : { outfile }),
      plugins: plugins === "" ? [] : await pluginsOf(resolve(project, plugins)),
      metafile: true,
      bundle: true,
      platform: "node",
      format: esm ? "esm" : "cjs",
      loader: properties.loader ?? {},
      minify: properties.minify ?? false,
      banner: { js: `${esm ? commonJsInEsm : ""}${properties.banner ?? ""}` },
      logLevel: "silent",
    });
    const kept = await mkdtemp(join(scratch, "function-"));
    await cp(out, kept, { recursive: true });
    return { inputs: Object.keys(metafile?.inputs ?? {}), result: kept };
  };
  try {
    const key = JSON.stringify([handler, properties]);
    await cp(await bundles(project, changed, key, build), out, { recursive: true });
  } catch (error) {
    const errors = messagesOf(error);
    if (errors === undefined) throw error;
    return { out, handler, errors, sourcemaps: [] };
  }
  await sealLinks(out, input);
  const map = `${outfile}.map`;
  const uploadsMap = properties.sourcemap === undefined && (await exists(map));
  return {
    out,
    handler: `bundle${extname(handler)}`,
    errors: [],
    sourcemaps: uploadsMap ? [map] : [],
  };
}

async function pluginsOf(file: string): Promise<readonly Plugin[]> {
  const { default: plugins }: { default: readonly Plugin[] } = await import(
    pathToFileURL(file).href
  );
  return plugins;
}

async function entryOf(project: string, handler: string): Promise<string> {
  const base = resolve(project, handler.slice(0, -extname(handler).length));
  const candidates = handlerEndings.map((ending) => base + ending);
  const found = await Promise.all(candidates.map(exists));
  const entry = candidates.find((_, index) => found[index]);
  if (entry === undefined) throw new Error(`handler not found: ${handler}`);
  return entry;
}

/** The resources that a function is linked to are sealed into a file next to its code. */
async function sealLinks(out: string, { encryptionKey, links = {} }: FunctionInput): Promise<void> {
  const key = Buffer.from(encryptionKey, "base64");
  const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12));
  const sealed = [cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()];
  await writeFile(join(out, "resource.enc"), Buffer.concat(sealed));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
