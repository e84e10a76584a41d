import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { parseGuardSettings } from "@sst-gatehouse/blueprint/parse-guard-settings";
import { parseSealingKeys, type SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";

import type { AccessRules } from "@sst-gatehouse/core/access";

import { parseAccessRules } from "./parse-access-rules.ts";
import { toDataFile } from "./src/data-file.ts";

/**
 * Puts the guard's settings beside its bundle. Identical settings give identical bytes.
 *
 * @throws {TypeError} naming the setting that is missing or malformed.
 */
export async function writeSettings(outdir: string, settings: GuardSettings): Promise<void> {
  const file = toDataFile("settings", parseGuardSettings(settings));
  await writeFile(join(outdir, "settings.json"), file);
}

/**
 * Puts the access rules beside the guard's bundle. The same rules give the same bytes.
 *
 * @throws {TypeError} for what is not access rules, or holds anything that JSON cannot.
 */
export async function writeAccess(outdir: string, access: object): Promise<void> {
  await writeFile(join(outdir, "access.json"), toDataFile("access", accessOf(access)));
}

/**
 * The access rules as the guard goes by them, without their examples.
 *
 * @throws {TypeError} as {@link writeAccess} does.
 */
export function accessOf(access: object): AccessRules {
  const { examples: _forTests, ...rules }: { examples?: unknown } = JSON.parse(
    JSON.stringify(access),
  );
  return parseAccessRules(rules);
}

/**
 * Puts the keys of sessions beside the guard's bundle.
 *
 * @throws {TypeError} for what are not such keys; it shows none.
 */
export async function writeSealing(outdir: string, sealing: SealingKeys): Promise<void> {
  await writeFile(join(outdir, "sealing.json"), toDataFile("sealing", parseSealingKeys(sealing)));
}
