import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { buildEdge } from "@sst-gatehouse/edge/build";

/** Of this repository: what the guard is built from. */
const sources = ["blueprint", "core", "edge", "revocations"];

/**
 * Builds the guard's code into a folder. Only Gatehouse's own repository has the sources.
 *
 * @param reads gets the paths of what it was built from.
 * @throws {Error} (rejects) with the bundler's messages.
 */
export async function buildGuardFromSource(into: string, reads: Set<string>): Promise<void> {
  for (const name of sources)
    for (const file of await filesIn(join(import.meta.dirname, "../../..", name, "src")))
      reads.add(file);
  await buildEdge(into);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
