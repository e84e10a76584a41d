import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { packAll, type Packed } from "../../repository/package/pack-all.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The tarballs in `artifacts/`. */
    packed: Packed;
  }
}

/** Packs once for all files. */
export default async function setup(project: TestProject): Promise<void> {
  const packed = await packAll(join(import.meta.dirname, "../../artifacts"));
  for (const { name, bytes, contents } of packed.tarballs)
    console.log(`${name}: ${bytes.toLocaleString("en")} bytes, ${contents.length} files`);
  project.provide("packed", packed);
}
