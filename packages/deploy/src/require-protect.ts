import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { protectMark } from "@sst-gatehouse/blueprint/api-function";

/**
 * Refuses a backend that the stage says looks up ended sign-ins by itself, and that has no `protect()` in its bundle.
 *
 * @param directory of the built backend.
 * @throws {Error} (rejects) that says what to change.
 */
export async function requireProtect(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  // A source map holds what the bundle has left out.
  const bundles = names.filter((name) => /\.[cm]?js$/.test(name) && !/node_modules/.test(name));
  for (const name of bundles)
    if ((await readFile(join(directory, name), "utf8")).includes(protectMark)) return;
  throw new Error(
    "stages.ts says backendChecksRevocation, but the backend's bundle does not have protect() in it, so nobody would look up whether a sign-in was ended: export its handler by protect(), protectBuffered() or protectHandler(), or take backendChecksRevocation out of stages.ts.",
  );
}
