import { cp } from "node:fs/promises";

import { prebuiltGuard } from "@sst-gatehouse/deploy/guard-artifact";

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
  // What people install has neither the sources nor this module.
  const { buildGuardFromSource } = await import("./guard-from-source.ts");
  await buildGuardFromSource(into, reads);
}
