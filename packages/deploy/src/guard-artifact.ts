import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { writeAccess, writeSealing, writeSettings } from "@sst-gatehouse/edge/build/guard-data";

import { installedPackage } from "./installed-package.ts";

/** What the guard reads in addition to its code. */
export interface GuardData {
  readonly settings: GuardSettings;
  /** The access rules, as `defineAccess` makes them. */
  readonly access: { readonly scopes: readonly string[]; readonly rules: readonly object[] };
  readonly sealing: SealingKeys;
}

/**
 * Puts the guard together as it is deployed: its code, and its settings, access rules and keys beside it. The same code
 * and data give the same bytes.
 *
 * @param root of the app: the folder with `sst.config.ts`.
 * @param outdir emptied first.
 * @throws {Error} (rejects) saying what of the data is missing or malformed, or why there is no code.
 */
export async function makeGuardArtifact(
  root: string,
  outdir: string,
  { settings, access, sealing }: GuardData,
): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await putGuardCode(root, outdir);
  await Promise.all([
    writeSettings(outdir, settings),
    writeAccess(outdir, access),
    writeSealing(outdir, sealing),
  ]);
}

/**
 * The guard's code comes built with the package `sst-gatehouse`: the same bytes for everybody. In Gatehouse's own
 * repository, where that package is not packed, it is built from its sources.
 */
async function putGuardCode(root: string, outdir: string): Promise<void> {
  const prebuilt = prebuiltGuard(root);
  if (prebuilt !== undefined) return cp(prebuilt, outdir, { recursive: true });
  await buildGuard(root, outdir);
}

/**
 * The folder in which the package `sst-gatehouse` has the guard ready. @returns undefined where it is not packed.
 *
 * @throws {Error} when the package is not installed for the app.
 */
export function prebuiltGuard(root: string): string | undefined {
  const directory = join(installedPackage(root, "sst-gatehouse").directory, "guard");
  return existsSync(join(directory, "lambda.cjs")) ? directory : undefined;
}

/**
 * The build runs in a separate process, on the project's own Node: SST evaluates its config on whatever Node the
 * machine has, as one bundle, in which a bundler cannot run.
 */
function buildGuard(root: string, outdir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      join(root, "node_modules/.bin/node"),
      [join(root, "packages/edge/build.ts"), "--outdir", outdir],
      { cwd: root },
      (error, _stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Error(`The guard could not be built: ${stderr.trim() || error.message}`));
      },
    );
  });
}
