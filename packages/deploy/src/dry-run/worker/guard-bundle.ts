import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { loadEsbuild, type Plugin } from "./esbuild.ts";
import type { Workshop } from "./job.ts";

const edge = "packages/edge";
const keepBuilds = pathToFileURL(join(import.meta.dirname, "keep-builds.ts"));

/**
 * Lets the build of the guard, a process that the config starts, take bundles that an earlier evaluation of this copy has
 * made of the same files. Its settings are made by the build itself each time.
 *
 * Which files count is asked of the bundler: all that the build and the guard's sources import, however far away, but
 * installed packages, which nothing changes meanwhile.
 */
export async function keepGuardBundle(
  { project, original, scratch }: Workshop,
  changed: readonly string[],
): Promise<void> {
  const executable = join(original, "node_modules/.bin/node");
  if (!existsSync(executable) || !existsSync(join(project, edge, "build.ts"))) return;
  // What that script starts in the end, without the three processes that it needs to find it.
  const installed = join(original, "node_modules/node/bin/node");
  const node = existsSync(installed) ? installed : executable;
  const own = await ownExecutables(project, original);
  const key = await keyOf(project, scratch, changed);
  const kept = join(scratch, "kept-builds", key ?? "");
  await mkdir(kept, { recursive: true });
  const preload = new URL(`?kept=${encodeURIComponent(kept)}`, keepBuilds);
  const words = key === undefined ? [node] : [node, "--import", preload.href];
  const script = `#!/bin/sh\nexec ${words.map(quote).join(" ")} "$@"\n`;
  await writeFile(join(own, "node"), script, { mode: 0o755 });
}

/** The copy shares its executables with the project; one that is replaced needs a separate directory. */
async function ownExecutables(project: string, original: string): Promise<string> {
  const directory = join(project, "node_modules/.bin");
  if (!(await lstat(directory)).isSymbolicLink()) return directory;
  await rm(directory);
  await mkdir(directory);
  const shared = join(original, "node_modules/.bin");
  const names = (await readdir(shared)).filter((name) => name !== "node");
  await Promise.all(names.map((name) => symlink(join(shared, name), join(directory, name))));
  return directory;
}

/** What the guard's bundle was made of, when nothing of it was changed. */
interface Unchanged {
  readonly key: string;
  readonly inputs: readonly string[];
}

/** @returns nothing when the sources cannot be bundled: the build itself says why. */
async function keyOf(
  project: string,
  scratch: string,
  changed: readonly string[],
): Promise<string | undefined> {
  const file = join(scratch, "unchanged-guard.json");
  const before: Unchanged | undefined = existsSync(file)
    ? JSON.parse(await readFile(file, "utf8"))
    : undefined;
  // Without a change in any file that is imported, the files import the same as before.
  if (before !== undefined && !touches(changed, before.inputs)) return before.key;
  const inputs = await inputsOf(project);
  if (inputs === undefined) return undefined;
  // Of what is no source, such as a package.json, each may matter to a bundler.
  const others = changed.filter((path) => !path.endsWith(".ts"));
  const all = [...inputs, ...others].toSorted();
  const contents = await Promise.all(all.map((path) => readFile(join(project, path))));
  const hash = createHash("sha256");
  for (const [index, content] of contents.entries())
    hash.update(`${all[index]} ${content.length}\n`).update(content);
  const key = hash.digest("hex");
  if (!touches(changed, inputs)) await writeFile(file, JSON.stringify({ key, inputs }));
  return key;
}

function touches(changed: readonly string[], inputs: readonly string[]): boolean {
  return changed.some((path) => !path.endsWith(".ts") || inputs.includes(path));
}

async function inputsOf(project: string): Promise<readonly string[] | undefined> {
  const entryPoints = await sourcesBelow(join(project, edge));
  try {
    const { metafile } = await loadEsbuild(join(project, ".sst/platform")).build({
      entryPoints,
      absWorkingDir: project,
      outdir: join(project, "nowhere"),
      write: false,
      metafile: true,
      bundle: true,
      platform: "node",
      format: "esm",
      plugins: [sourcesOnly],
      logLevel: "silent",
    });
    return Object.keys(metafile?.inputs ?? {});
  } catch {
    return undefined;
  }
}

async function sourcesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const sources = entries.map(async (entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : await sourcesBelow(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
  return (await Promise.all(sources)).flat();
}

const asked = Symbol("asked");

/** What is installed does not change; what is built itself, and only loaded by name, is not there yet. */
const sourcesOnly: Plugin = {
  name: "sources only",
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === asked || kind === "entry-point") return undefined;
      if (path.startsWith("node:")) return { path, external: true };
      if (/^\.\.?\/.*\.(?:cjs|json)$/.test(path) && !existsSync(join(resolveDir, path)))
        return { path, external: true };
      if (path.startsWith(".")) return undefined;
      const options = { importer, kind, resolveDir, pluginData: asked };
      const { errors, ...found } = await build.resolve(path, options);
      const isOwn = errors?.length === 0 && !found.path.includes("/node_modules/");
      return isOwn ? { path: found.path } : { path, external: true };
    });
  },
};

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
