import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { packAll, type Packed } from "../../repository/package/pack-all.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The tarballs in `artifacts/`. */
    packed: Packed;
    /** Where apps that were installed once are kept for further tests. */
    installed: string;
  }
}

/** Packs once for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const packed = await packAll(join(import.meta.dirname, "../../artifacts"));
  for (const { name, bytes, contents } of packed.tarballs)
    console.log(`${name}: ${bytes.toLocaleString("en")} bytes, ${contents.length} files`);
  project.provide("packed", packed);
  const installed = await mkdtemp(join(tmpdir(), "gatehouse-installed-"));
  project.provide("installed", installed);
  return () => rm(installed, { recursive: true, force: true });
}
