import { dirname } from "node:path";

import { checkAccessNames } from "@sst-gatehouse/blueprint/access-names";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { build } from "esbuild";

/**
 * Loads the access rules from an adopter's `access.ts`, as the file is now: what was edited since the last time, there
 * or in a file that it imports, is seen.
 *
 * @throws {Error} (rejects) with esbuild's messages, with what the file throws, when it exports no `access`, or when a
 *   name in it is one that Cognito would refuse at a deploy.
 */
export async function loadAccess(file: string): Promise<AccessRules> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "silent",
    absWorkingDir: dirname(file),
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array(0);
  const loaded: { access?: AccessRules } = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
  );
  if (loaded.access === undefined) throw new TypeError(`${file} exports no access rules`);
  checkAccessNames(loaded.access);
  return loaded.access;
}
