import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { isProcessAlive } from "../workspace/is-process-alive.ts";

const pollMs = 250;
/** Longer than it takes to write a number. */
const writingMs = 10_000;

/**
 * Lets one process at a time do something slow. The lock of a process that was killed is void.
 *
 * It saves work but is not a barrier: when two find the same void lock, both may take it. The work under it has to
 * tolerate that.
 *
 * @param onWait is called once, when another process has the lock.
 */
export async function withLock<T>(
  file: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let waited = false;
  while (!(await take(file))) {
    if (!waited) onWait();
    waited = true;
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  if (await isVoid(file)) await rm(file, { force: true });
  return false;
}

async function isVoid(file: string): Promise<boolean> {
  try {
    const holder = await readFile(file, "utf8");
    if (/^\d+$/.test(holder)) return !isProcessAlive(Number(holder));
    // An empty lock is being written, or its writer was killed while writing.
    return Date.now() - (await stat(file)).mtimeMs > writingMs;
  } catch {
    return false; // just given up
  }
}
