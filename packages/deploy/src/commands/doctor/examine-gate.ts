import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";

import type { Ask } from "./ask.ts";
import type { CheckRow } from "./check.ts";
import { gateProbes } from "./checks/probes.ts";
import { refusalChecks } from "./checks/refusals.ts";
import { createUserPoolReads } from "./reads/read-user-pool.ts";
import { createReader } from "./reads/reader.ts";
import { runChecks } from "./run-checks.ts";

export interface GateExamination {
  readonly stage: Stage;
  readonly access: GateAccess;
  readonly outputs: StageOutputs;
  /** Says whether people have passwords at all. */
  readonly cognito: CognitoIdentityProviderClient;
  readonly ask: Ask;
}

/**
 * Tries lock, `/.auth/*` and refusals of a deployed stage from outside, whatever app is behind the gate. It changes nothing.
 *
 * @returns a row for each check, and one for each call to AWS that failed.
 */
export async function examineGate({
  stage,
  access,
  outputs,
  cognito,
  ask,
}: GateExamination): Promise<readonly CheckRow[]> {
  const reader = createReader();
  const pool = createUserPoolReads(reader, cognito, outputs.userPoolId);
  const under = { stage, access, outputs, ...pool };
  const rows = await runChecks([...gateProbes(under, ask), ...refusalChecks(under, ask)]);
  return [...rows, ...reader.failures()];
}
