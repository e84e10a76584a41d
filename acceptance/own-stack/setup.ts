import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtFromSource, type CodeSource } from "@sst-gatehouse/local/stack";
import { stop } from "esbuild";

import { sample } from "../sample/sample.ts";

export type Bundles = Awaited<ReturnType<CodeSource>>;

const variable = "GATEHOUSE_OWN_STACKS_BUNDLES";

/** The guard and the sample's backend. */
export function bundlesOfRun(): Bundles {
  return JSON.parse(process.env[variable] ?? "");
}

/** Once for all files of the run: no test edits these sources. It is removed when the run is over. */
export default async function setup(): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-own-stacks-"));
  const bundles = await builtFromSource(sample.root)({
    edge: join(directory, "edge"),
    functions: join(directory, "functions"),
    gate: sample.gate,
    reads: new Set(),
  });
  await stop();
  process.env[variable] = JSON.stringify(bundles);
  return () => rmSync(directory, { recursive: true, force: true });
}
