import { cp, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Platform } from "../src/dry-run/platform/platform.ts";
import { applyChange } from "../src/dry-run/workspace/source-change.ts";

/** A small app with everything that an evaluation has to record. */
export const sampleApp = join(import.meta.dirname, "app");

/** @returns a copy of it that asks for the platform's provider; whoever has it removes it. */
export async function copySampleApp(platform: Platform): Promise<string> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), "gatehouse-app-")));
  await cp(sampleApp, copy, { recursive: true });
  // Whatever the project has moved on to.
  const [file, from] = ["sst.config.ts", 'version: "6.83.4"'];
  await applyChange(copy, { file, from, to: `version: "${platform.awsVersion}"` });
  return copy;
}
