import { cp } from "node:fs/promises";

import type { CodeSource } from "@sst-gatehouse/local/stack";

import { bundlesOfRun, type Bundles } from "./setup.ts";

async function copied(bundle: Bundles["edge"], directory: string): Promise<Bundles["edge"]> {
  await cp(bundle.directory, directory, { recursive: true });
  return { ...bundle, directory };
}

/** The guard, for a stack with another backend than the sample's. */
export function builtGuard(directory: string): Promise<Bundles["edge"]> {
  return copied(bundlesOfRun().edge, directory);
}

/** The guard and the sample's backend. */
export const builtOnce: CodeSource = async (into) => {
  const { edge, functions } = bundlesOfRun();
  return {
    edge: await copied(edge, into.edge),
    functions: { api: await copied(functions["api"] ?? edge, into.functions) },
  };
};
