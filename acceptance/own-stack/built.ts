import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtFromSource, type CodeSource } from "@sst-gatehouse/local/stack";

import { sample } from "../sample/sample.ts";
import { folderOfRun } from "./setup.ts";

type Bundles = Awaited<ReturnType<CodeSource>>;

let built: Promise<Bundles> | undefined;

/** Once for all files that this process runs: they edit no source. */
function build(): Promise<Bundles> {
  return (built ??= mkdtemp(join(folderOfRun() ?? tmpdir(), "built-")).then((directory) =>
    builtFromSource(sample.root)({
      edge: join(directory, "edge"),
      functions: join(directory, "functions"),
      gate: sample.gate,
      reads: new Set(),
    }),
  ));
}

async function copied(bundle: Bundles["edge"], directory: string): Promise<Bundles["edge"]> {
  await cp(bundle.directory, directory, { recursive: true });
  return { ...bundle, directory };
}

/** The guard, for a stack with another backend than the sample's. */
export async function builtGuard(directory: string): Promise<Bundles["edge"]> {
  return copied((await build()).edge, directory);
}

/** The guard and the sample's backend. */
export const builtOnce: CodeSource = async (into) => {
  const { edge, functions } = await build();
  return {
    edge: await copied(edge, into.edge),
    functions: { api: await copied(functions["api"] ?? edge, into.functions) },
  };
};
