import type { GuardFunction } from "./guard-functions.ts";
import type { StageGuard } from "./stage-guard.ts";

interface PartOfStage {
  readonly stage: string;
  /** Why it goes or stays. */
  readonly why: string;
}

/** A whole function, or one version of it. */
export interface GuardPart extends PartOfStage {
  readonly functionName: string;
  readonly version?: number;
}

/** Parameters, by their full names. */
export interface ParametersPart extends PartOfStage {
  readonly parameters: readonly string[];
}

export interface SweepPlan {
  readonly keep: readonly GuardPart[];
  readonly delete: readonly (GuardPart | ParametersPart)[];
  /** Stages that could not be judged; nothing of theirs is deleted. */
  readonly unclear: readonly { readonly stage: string; readonly why: string }[];
}

/**
 * A deploy publishes its guard first and writes down that it is used last. In between, what it made looks unused.
 */
const deploySeconds = 3600;

const notDeployed = "the stage is not deployed";

/**
 * Decides what may be deleted. The version that a stage uses always stays, and so does all that may belong to a running
 * deploy.
 *
 * @param guards every guard found, of the stages in `stages`.
 * @param now seconds since the epoch.
 */
export function planSweep(
  guards: readonly GuardFunction[],
  stages: ReadonlyMap<string, StageGuard>,
  now: number,
): SweepPlan {
  const judged: Judged[] = [];
  const left: ParametersPart[] = [];
  const unclear: { stage: string; why: string }[] = [];
  for (const [stage, guard] of stages) {
    const ofStage = guards.filter((each) => each.stage === stage);
    const why = whyUnclear(guard, ofStage);
    if (why !== undefined) {
      unclear.push({ stage, why });
      continue;
    }
    const live =
      guard.kind === "live" ? ofStage.find(({ arn }) => arn === guard.functionArn) : undefined;
    for (const each of ofStage) {
      if (guard.kind === "live" && each === live)
        judged.push(...judgeVersions(each, guard.version));
      else judged.push(judgeFunction(each, live, now));
    }
    if (guard.kind === "removed" && guard.leftParameters.length > 0)
      left.push({ stage, parameters: guard.leftParameters, why: notDeployed });
  }
  const parts = (stays: boolean) =>
    judged.filter((each) => each.stays === stays).map(({ part }) => part);
  return { keep: parts(true), delete: [...parts(false), ...left], unclear };
}

interface Judged {
  readonly part: GuardPart;
  readonly stays: boolean;
}

/** The function that the stage uses: what is older than the version in use may go. */
function judgeVersions({ stage, name, versions }: GuardFunction, inUse: number): readonly Judged[] {
  return versions.map((version) => {
    const part = { stage, functionName: name, version };
    if (version < inUse)
      return { part: { ...part, why: "older than the version in use" }, stays: false };
    const why =
      version === inUse
        ? "in use"
        : "newer than the version in use, from a deploy that is running or has failed";
    return { part: { ...part, why }, stays: true };
  });
}

/**
 * Any other function: nothing of it is used, and it goes as a whole.
 *
 * @param live the function that the stage uses; `undefined` when the stage is removed.
 */
function judgeFunction(
  { stage, name, changedAt }: GuardFunction,
  live: GuardFunction | undefined,
  now: number,
): Judged {
  const part = { stage, functionName: name };
  if (changedAt === undefined || changedAt > now - deploySeconds) {
    const why = "changed in the last hour, perhaps by a deploy that is running";
    return { part: { ...part, why }, stays: true };
  }
  // A deploy that failed after it made this one has left it in SST's state, and the next one goes on with it.
  if (live !== undefined && (live.changedAt === undefined || changedAt > live.changedAt)) {
    const why = "newer than the function in use, from a deploy that has failed";
    return { part: { ...part, why }, stays: true };
  }
  const why = live === undefined ? notDeployed : "the stage uses another one";
  return { part: { ...part, why }, stays: false };
}

function whyUnclear(guard: StageGuard, ofStage: readonly GuardFunction[]): string | undefined {
  if (guard.kind === "unclear") return guard.why;
  if (guard.kind === "removed") return undefined;
  const there = ofStage.some(
    ({ arn, versions }) => arn === guard.functionArn && versions.includes(guard.version),
  );
  return there
    ? undefined
    : `the version it uses, ${guard.functionArn}:${guard.version}, is not in this account`;
}
