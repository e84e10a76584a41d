import { readFileSync } from "node:fs";

import type { StackOutputs } from "@gatehouse/local/outputs";

import { targetFile } from "./recordings.ts";

/** The chain under test: what `start --json` or `outputs --json` printed. */
export type Target = StackOutputs;

/** The chain that this run talks to; the suite's set-up has started it, or was told which one to take. */
export function loadTarget(): Target {
  const target: Target = JSON.parse(readFileSync(targetFile, "utf8"));
  return target;
}
