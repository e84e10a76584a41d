import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";

import { prebuiltGuard } from "@sst-gatehouse/deploy/guard-artifact";

/** Of this repository: what the guard is built from. */
const sources = ["blueprint", "core", "edge", "revocations"];

/**
 * Puts the guard's code into a folder. An app has it ready in the package `sst-gatehouse`, the same bytes for everybody; in
 * Gatehouse's own repository it is built from its sources.
 *
 * @param root of the app.
 * @param reads gets the paths of what it was built from.
 * @throws {Error} (rejects) when the package is not installed, or with the bundler's messages.
 */
export async function guardCode(root: string, into: string, reads: Set<string>): Promise<void> {
  const prebuilt = prebuiltGuard(root);
  if (prebuilt !== undefined) return cp(prebuilt, into, { recursive: true });
  // Loaded only here: what people install has no sources to build.
  const { buildEdge } = await import("@sst-gatehouse/edge/build");
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
