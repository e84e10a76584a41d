import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { orCommandError } from "../../aws-failure.ts";
import type { CommandContext } from "../../command.ts";
import { confirm } from "./confirm.ts";
import { deleteParameters, deletePart, type Deletion } from "./delete-part.ts";
import { findGuardFunctions } from "./guard-functions.ts";
import { loadStageGuard, sameGuard, type StageGuard } from "./stage-guard.ts";
import { planSweep, type GuardPart, type ParametersPart, type SweepPlan } from "./plan-sweep.ts";

export interface SweepOptions {
  /** A stage, or all. */
  readonly only: string | undefined;
  /** Deletes without asking. */
  readonly yes: boolean;
}

export interface SweepDeps {
  readonly context: CommandContext;
  /** A client for the guard's region. */
  readonly lambda: LambdaClient;
  /** A client for the home region. */
  readonly ssm: SSMClient;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/**
 * Finds what may be deleted, lists it, asks, deletes.
 *
 * @returns the exit code: 1 when something failed or could not be judged. What AWS still holds is not a failure.
 */
export async function runSweep({ only, yes }: SweepOptions, deps: SweepDeps): Promise<number> {
  const { context, lambda, now } = deps;
  const { gate, stdin, stdout, stderr } = context;
  const { app } = gate;
  const { guards, lookAlikes } = await orCommandError(
    "The guards in this account cannot be listed",
    findGuardFunctions(lambda, app, only),
  );
  const stages = new Map<string, StageGuard>();
  const named = only === undefined ? [] : [only];
  for (const stage of new Set([...guards.map((guard) => guard.stage), ...named]))
    stages.set(stage, await loadGuardOf(stage, deps));
  const plan = planSweep(guards, stages, now());

  for (const { name, why } of lookAlikes) stderr.write(`Leaves ${name} alone: ${why}.\n`);
  for (const { stage, why } of plan.unclear)
    stderr.write(`Leaves stage ${stage} alone: ${why}. Deploy it again.\n`);
  const unclear = plan.unclear.length > 0 ? 1 : 0;
  stdout.write(describePlan(plan));
  if (plan.delete.length === 0) return unclear;
  if (!yes) {
    const terminal = stdin.isTTY === true && stdout.isTTY === true;
    if (!terminal || !(await confirm("Delete these? [y/N] ", context))) {
      stdout.write("Nothing was deleted. `npx gatehouse sweep --yes` deletes without asking.\n");
      return unclear;
    }
  }
  return Math.max(unclear, await deleteAll(plan.delete, stages, deps));
}

function loadGuardOf(stage: string, { context, ssm }: SweepDeps): Promise<StageGuard> {
  return orCommandError(
    `The guard that stage ${stage} uses cannot be determined`,
    loadStageGuard(ssm, context.gate.app.name, stage),
  );
}

function describePlan({ keep, delete: candidates }: SweepPlan): string {
  if (keep.length === 0 && candidates.length === 0) return "There is nothing to sweep.\n";
  const list = (parts: SweepPlan["delete"]) =>
    parts.map((part) => `  ${describePart(part)}: ${part.why}\n`).join("");
  const stays = keep.length === 0 ? "" : `Stays\n${list(keep)}`;
  const goes =
    candidates.length === 0
      ? "There is nothing to delete.\n"
      : `Can be deleted\n${list(candidates)}`;
  return `${stays}${goes}`;
}

function describePart(part: GuardPart | ParametersPart): string {
  return `${part.stage.padEnd(12)} ${"parameters" in part ? part.parameters.join(", ") : describeFunction(part)}`;
}

function describeFunction({ functionName, version }: GuardPart): string {
  return `${functionName}, ${version === undefined ? "the function" : `version ${version}`}`;
}

async function deleteAll(
  parts: SweepPlan["delete"],
  stages: ReadonlyMap<string, StageGuard>,
  deps: SweepDeps,
): Promise<number> {
  const { stdout, stderr } = deps.context;
  const count = { deleted: 0, held: 0, failed: 0 };
  for (const part of parts) {
    const deletion = await deleteUnlessDeployed(part, stages.get(part.stage), deps);
    count[deletion.kind] += 1;
    if (deletion.kind === "deleted") stdout.write(`Deleted ${describePart(part)}\n`);
    else if (deletion.kind === "held")
      stdout.write(`Still held by AWS, try again in a few hours: ${describePart(part)}\n`);
    else stderr.write(`Not deleted: ${describePart(part)}: ${deletion.why}\n`);
  }
  stdout.write(
    `${count.deleted} deleted, ${count.held} still held by AWS, ${count.failed} failed.\n`,
  );
  return count.failed > 0 ? 1 : 0;
}

/** Looks again just before deleting: somebody may have deployed while the question was on the screen. */
async function deleteUnlessDeployed(
  part: GuardPart | ParametersPart,
  planned: StageGuard | undefined,
  deps: SweepDeps,
): Promise<Deletion> {
  try {
    const current = await loadGuardOf(part.stage, deps);
    if (planned === undefined || !sameGuard(planned, current))
      return {
        kind: "failed",
        why: "the stage was deployed or removed in the meantime; run this again",
      };
  } catch (error) {
    return { kind: "failed", why: messageOf(error) };
  }
  return "parameters" in part ? deleteParameters(deps.ssm, part) : deletePart(deps.lambda, part);
}
