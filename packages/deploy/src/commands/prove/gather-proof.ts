import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { CheckRow } from "../doctor/check.ts";
import type { CrowdTimes, Times } from "./measure-times.ts";
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
  /** How long answers take to requests that come at once. */
  readonly timeCrowd: (when: string) => Promise<CrowdTimes>;
  /** How long they take to one request after the other. */
  readonly timeWarm: () => Promise<Times>;
  /** How long nobody asks anything before {@link timeCrowd} is called once more, and what waits for it. */
  readonly idle: { readonly minutes: number; readonly wait: () => Promise<unknown> };
  /** Asked at the end, where a removal is wanted: whether to go on. */
  readonly mayRemove: () => Promise<boolean>;
  /** Told what comes next. */
  readonly progress: (what: string) => void;
}

/** Deploys twice without a change, looks, tries, times, and removes where that is wanted. A failed deploy ends it. */
export async function gatherProof({
  stage,
  region,
  versions,
  sst,
  guardVersion,
  examine,
  accept,
  timeCrowd,
  timeWarm,
  idle,
  mayRemove,
  progress,
}: ProofSteps): Promise<Proof> {
  const deploys: SstRun[] = [];
  const guardVersions: (number | undefined)[] = [];
  const crowds: CrowdTimes[] = [];
  const sofar = { stage, region, versions, deploys, guardVersions, crowds };
  let untimed: string | undefined;
  /** What cannot be timed is told, and ends nothing. */
  const timed = async (time: () => Promise<void>): Promise<void> => {
    await time().catch((error: unknown) => (untimed ??= messageOf(error)));
  };
  for (const what of [
    "The first deploy, some minutes",
    "The second deploy, which should change nothing",
  ]) {
    progress(what);
    const run = await sst(["deploy", "--stage", stage.name]);
    deploys.push(run);
    if (run.code !== 0) return sofar;
    guardVersions.push(await guardVersion());
    if (deploys.length > 1) continue;
    progress("How long the first answers take");
    await timed(async () => void crowds.push(await timeCrowd("after the first deploy")));
  }
  progress("The doctor");
  const checks = await examine();
  progress("The acceptance suite, some minutes");
  const suite = await accept();
  let times: Times | undefined;
  await timed(async () => {
    progress("How long answers take");
    times = await timeWarm();
    progress(`How long they take after ${idle.minutes} idle minutes`);
    await idle.wait();
    crowds.push(await timeCrowd(`after ${idle.minutes} idle minutes`));
  });
  const tried = { ...sofar, checks, suite, times, untimed };
  if (!(await mayRemove())) return tried;
  progress("The removal, some minutes");
  return { ...tried, removal: await sst(["remove", "--stage", stage.name]) };
}
