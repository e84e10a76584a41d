import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { isProcessAlive } from "./is-process-alive.ts";

/** How long one may be without its owner's file. */
const withoutOwnerMs = 3_600_000;

/** Says whose directory it is. */
const ownerFile = "owner.json";

/**
 * Makes a directory for this process, and removes those that killed processes have left next to it.
 *
 * @param parent made if missing.
 * @param kind begins its name, followed by a hyphen.
 */
export async function createScratchDirectory(parent: string, kind: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const prefix = `${kind}-`;
  await sweep(parent, prefix);
  const directory = await mkdtemp(join(parent, prefix));
  // One that an interrupted process leaves in a checkout is nothing to commit.
  await writeFile(join(directory, ".gitignore"), "*\n");
  await writeFile(
    join(directory, ownerFile),
    JSON.stringify({ pid: process.pid, host: hostname() }),
  );
  return directory;
}

async function sweep(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  // One that cannot be read or removed is being made or removed by another process at this moment, or is not ours.
  await Promise.allSettled(
    names.map(async (name) => {
      const directory = join(parent, name);
      if (await isAbandoned(directory)) await rm(directory, { recursive: true, force: true });
    }),
  );
}

/** Only what this user made is looked at: nobody else decides what this process removes. */
async function isAbandoned(directory: string): Promise<boolean> {
  const stats = await lstat(directory);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) return false;
  const text = await readFile(join(directory, ownerFile), "utf8").catch(() => undefined);
  // Who removed it was ended meanwhile. One that is being made has its owner's file in a moment.
  if (text === undefined) return Date.now() - stats.mtimeMs > withoutOwnerMs;
  const owner: unknown = JSON.parse(text);
  if (typeof owner !== "object" || owner === null || !("pid" in owner) || !("host" in owner))
    return false;
  // A container may share the directory and has its own process ids.
  return (
    owner.host === hostname() && Number.isInteger(owner.pid) && !isProcessAlive(Number(owner.pid))
  );
}
