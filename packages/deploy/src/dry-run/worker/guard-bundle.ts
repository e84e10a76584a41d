import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { loadEsbuild, type Plugin } from "./esbuild.ts";
import type { Workshop } from "./job.ts";
import { createReuse } from "./reuse.ts";

const edge = "packages/edge";
/** With what was built. */
const directories = createReuse<string>();

/**
 * Lets the build of the guard, a process that the config starts, take what an earlier evaluation of this copy has built of
 * the same files.
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
  // Sources that cannot be bundled keep nothing: the build itself says why.
  const kept = await directories(project, changed, "", async () => ({
    inputs: await inputsOf(project),
    result: await mkdtemp(join(scratch, "guard-")),
  })).catch(() => undefined);
  const script = kept === undefined ? `exec ${quote(node)} "$@"` : keeping(node, kept);
  await writeFile(join(own, "node"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Runs Node. A guard is built once, and then copied. */
function keeping(node: string, kept: string): string {
  return `set -e
# <build> --outdir <directory>
[ "$2" = --outdir ] || exec ${quote(node)} "$@"
known=${quote(join(kept, "built"))}
[ -d "$known" ] && exec cp -R "$known/." "$3"
${quote(node)} "$@"
part=$(mktemp -d ${quote(join(kept, "XXXXXX"))})
cp -R "$3/." "$part"
mv -T "$part" "$known" 2>/dev/null || rm -rf "$part"`;
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

async function inputsOf(project: string): Promise<readonly string[]> {
  const { metafile } = await loadEsbuild(join(project, ".sst/platform")).build({
    entryPoints: await sourcesBelow(join(project, edge)),
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
}

async function sourcesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const sources = entries.map(async (entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory())
      return /^(?:node_modules|test)$/.test(entry.name) ? [] : await sourcesBelow(path);
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
