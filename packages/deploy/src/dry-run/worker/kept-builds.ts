import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { build as bundle, type BuildOptions, type BuildResult } from "esbuild";

export * from "esbuild";

const kept = new URL(import.meta.url).searchParams.get("kept") ?? "";

/** Bundles one file, unless that was done before with the same options. Without an output file, returns the bundle. */
export async function build(options: BuildOptions): Promise<BuildResult | undefined> {
  const { outfile } = options;
  if (outfile === undefined) return bundle(options);
  const name = basename(outfile);
  const asked = JSON.stringify({ ...options, outfile: name });
  const copy = join(kept, `${createHash("sha256").update(asked).digest("hex")}-${name}`);
  if (existsSync(copy)) {
    await mkdir(dirname(outfile), { recursive: true });
    await copyFile(copy, outfile);
  } else {
    await bundle(options);
    await copyFile(outfile, copy);
  }
  return undefined;
}
