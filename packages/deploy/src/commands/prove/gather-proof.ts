import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { CheckRow } from "../doctor/check.ts";
import type { Proof, SstRun, SuiteRun } from "./proof.ts";

export interface ProofSteps {
  readonly stage: Stage;
  readonly region: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Runs SST's CLI with these words. */
  readonly sst: (args: readonly string[]) => Promise<SstRun>;
  /** The guard's version that the stage uses now. */
  readonly guardVersion: () => Promise<number | undefined>;
  readonly examine: () => Promise<readonly CheckRow[]>;
  readonly accept: () => Promise<SuiteRun>;
  /** Asked at the end, where a removal is wanted: whether to go on. */
  readonly mayRemove: () => Promise<boolean>;
  /** Told what comes next. */
  readonly progress: (what: string) => void;
}

/** Deploys twice without a change, looks, tries, and removes where that is wanted. A failed deploy ends it. */
export async function gatherProof({
  stage,
  region,
  versions,
  sst,
  guardVersion,
  examine,
  accept,
  mayRemove,
  progress,
}: ProofSteps): Promise<Proof> {
  const deploys: SstRun[] = [];
  const guardVersions: (number | undefined)[] = [];
  const sofar = { stage, region, versions, deploys, guardVersions };
  for (const what of [
    "The first deploy, some minutes",
    "The second deploy, which should change nothing",
  ]) {
    progress(what);
    const run = await sst(["deploy", "--stage", stage.name]);
    deploys.push(run);
    if (run.code !== 0) return sofar;
    guardVersions.push(await guardVersion());
  }
  progress("The doctor");
  const checks = await examine();
  progress("The acceptance suite, some minutes");
  const suite = await accept();
  if (!(await mayRemove())) return { ...sofar, checks, suite };
  progress("The removal, some minutes");
  return { ...sofar, checks, suite, removal: await sst(["remove", "--stage", stage.name]) };
}
