import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { inject, onTestFinished } from "vitest";

import { root } from "../../repository/package/workspace.ts";
import { type Ended, mustRun, run } from "./program.ts";

/** A package manager, as people run it here. */
export interface Manager {
  readonly name: string;
  readonly install: readonly [program: string, ...args: string[]];
  /** Followed by what is added. */
  readonly add: readonly [program: string, ...args: string[]];
}

const npm = ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund"] as const;
const pnpm = (command: string) =>
  ["npx", "--yes", "pnpm@10.34.9", command, "--prefer-offline", "--ignore-workspace"] as const;

/** What was downloaded before is taken from the cache. */
export const managers: readonly [Manager, Manager] = [
  { name: "npm", install: npm, add: npm },
  { name: "pnpm", install: pnpm("install"), add: pnpm("add") },
];

/** An empty folder outside of the repository, until the test is finished. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-adopt-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a tarball that was packed. */
export function tarball(name: string): string {
  const found = inject("packed").tarballs.find((packed) => packed.name === name);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found.file;
}

/** `npm create sst-gatehouse@latest`, as npm runs it. */
export function create(folder: string, ...args: readonly string[]): Promise<Ended> {
  return run(
    folder,
    ...(["npx", "--yes", `--package=${tarball("create-sst-gatehouse")}`] as const),
    "create-sst-gatehouse",
    ...args,
  );
}

/**
 * Makes a `package.json` ask for the tarballs instead of the registry, where nobody has published them.
 *
 * @throws {Error} (rejects) for a range that the tarball's version is not in.
 */
export async function takeTarballs(folder: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const file = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  for (const group of [manifest.dependencies, manifest.devDependencies])
    for (const name of ["sst-gatehouse", "sst-gatehouse-dev"].filter((one) => one in group)) {
      if (group[name] !== `^${version}`)
        throw new Error(`${name} ${version} does not satisfy ${group[name]}`);
      group[name] = `file:${tarball(name)}`;
    }
  await writeFile(file, JSON.stringify(manifest, null, 2));
}

/**
 * SST's platform, which `sst install` would download: 300 MB. The files are linked.
 *
 * @param from a folder that has it in `.sst`; this repository's when left out.
 */
export async function linkPlatform(folder: string, from: string = root): Promise<void> {
  await mustRun(folder, "cp", "--archive", "--link", join(from, ".sst"), ".");
}

/**
 * How many files an app has of its own, how many lines in them are not empty, and how many of those are TypeScript; folders
 * that are made by tools not counted.
 */
export async function countLines(
  folder: string,
): Promise<{ files: number; lines: number; code: number }> {
  let files = 0;
  let lines = 0;
  let code = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (/(^|\/)(node_modules|\.sst|\.cache)(\/|$)/.test(name)) continue;
    const path = join(folder, name);
    if (!(await stat(path)).isFile()) continue;
    files += 1;
    const own = (await readFile(path, "utf8")).split("\n").filter((line) => line.trim() !== "");
    lines += own.length;
    if (name.endsWith(".ts")) code += own.length;
  }
  return { files, lines, code };
}
