import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { CheckRow } from "../doctor/check.ts";
import type { CrowdTimes, Times } from "./measure-times.ts";

/** One run of SST's CLI. */
export interface SstRun {
  readonly code: number;
  readonly seconds: number;
  /** The last lines that it printed. */
  readonly lastLines: readonly string[];
}

/** What the acceptance suite printed of its end. */
export interface SuiteRun {
  readonly code: number;
  /** Its last line of counts; empty when it did not come to that. */
  readonly counts: string;
  /** By file, without `.test.ts`: whether all of it passed. */
  readonly files: ReadonlyMap<string, boolean>;
  /** Full names of tests. */
  readonly failed: readonly string[];
}

/** What a stage has shown; a step that did not come about is absent. */
export interface Proof {
  readonly stage: Stage;
  readonly region: string;
  /** Of Gatehouse, SST and Node. */
  readonly versions: Readonly<Record<string, string>>;
  readonly deploys: readonly SstRun[];
  /** The guard's version after each deploy; undefined where nothing says which. */
  readonly guardVersions: readonly (number | undefined)[];
  readonly checks?: readonly CheckRow[];
  readonly suite?: SuiteRun;
  /** Undefined where they could not be measured, which `untimed` says why. */
  readonly times?: Times | undefined;
  readonly crowds: readonly CrowdTimes[];
  readonly untimed?: string | undefined;
  readonly removal?: SstRun;
}

/** Whether everything that was tried went as it should. */
export function holds({ deploys, guardVersions, checks, suite, untimed, removal }: Proof): boolean {
  return (
    deploys.length === 2 &&
    deploys.every(({ code }) => code === 0) &&
    guardVersions[0] !== undefined &&
    guardVersions[0] === guardVersions[1] &&
    checks?.every(({ ok }) => ok) === true &&
    suite?.code === 0 &&
    untimed === undefined &&
    (removal?.code ?? 0) === 0
  );
}
