import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";

/** What the guard reads in addition to its code. */
export interface GuardData {
  readonly settings: GuardSettings;
  /** The access rules, as `defineAccess` makes them. */
  readonly access: { readonly scopes: readonly string[]; readonly rules: readonly object[] };
  readonly sealing: SealingKeys;
}

/**
 * Builds the guard as it is deployed, together with its settings, its access rules and its keys. The same sources and data give
 * the same bytes.
 *
 * The build runs in a separate process, on the project's own Node: SST evaluates its config on whatever Node the
 * machine has, as one bundle, in which a bundler cannot run.
 *
 * @param root of the project.
 * @param outdir emptied first.
 * @throws {Error} (rejects) with the bundler's messages, or saying what of the data is missing or malformed.
 */
export async function buildGuardArtifact(
  root: string,
  outdir: string,
  data: GuardData,
): Promise<string> {
  await rm(outdir, { recursive: true, force: true });
  return new Promise((resolve, reject) => {
    const child = execFile(
      join(root, "node_modules/.bin/node"),
      [join(root, "packages/edge/build.ts"), "--outdir", outdir, "--data-from-stdin"],
      { cwd: root },
      (error, _stdout, stderr) => {
        if (error === null) resolve(outdir);
        else reject(new Error(`The guard could not be built: ${stderr.trim() || error.message}`));
      },
    );
    child.stdin?.end(JSON.stringify(data));
  });
}
