import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { loadStageGuard } from "../sweep/stage-guard.ts";
import { awsClock } from "../users/aws-clock.ts";
import type { Ask } from "./ask.ts";
import type { AwsClients } from "./aws-clients.ts";
import { type Check, type CheckRow, Unread } from "./check.ts";
import { appClientChecks } from "./checks/app-clients.ts";
import { backendChecks } from "./checks/backend.ts";
import { behaviorChecks } from "./checks/behaviors.ts";
import { cimdPolicyChecks } from "./checks/cimd-policies.ts";
import { distributionChecks } from "./checks/distribution.ts";
import { endedSignInChecks } from "./checks/ended-sign-ins.ts";
import { guardRoleChecks } from "./checks/guard-role.ts";
import { guardChecks } from "./checks/guard.ts";
import { logRetentionChecks } from "./checks/log-retention.ts";
import { originChecks } from "./checks/origins.ts";
import { parameterChecks } from "./checks/parameters.ts";
import { probeChecks } from "./checks/probes.ts";
import { revokedUserCheck } from "./checks/revoked-user.ts";
import { siteChecks } from "./checks/site.ts";
import { userPoolChecks } from "./checks/user-pool.ts";
import { createBucketReads } from "./reads/read-bucket.ts";
import { createDistributionReads } from "./reads/read-distribution.ts";
import { createFunctionReads } from "./reads/read-functions.ts";
import { createLogReads } from "./reads/read-logs.ts";
import { createParameterReads } from "./reads/read-parameters.ts";
import { createRoleReads } from "./reads/read-roles.ts";
import { createUserPoolReads } from "./reads/read-user-pool.ts";
import { createReader, once } from "./reads/reader.ts";
import type { RevokedUserTrial } from "./revoked-user-trial.ts";
import { runChecks } from "./run-checks.ts";
import type { SiteToCheck, StageUnderCheck } from "./stage-under-check.ts";

export type { Answer, Ask } from "./ask.ts";
export type { RevokedUserTrial } from "./revoked-user-trial.ts";

export interface Examination {
  readonly app: { readonly name: string; readonly region: string };
  readonly stage: Stage;
  readonly access: GateAccess;
  readonly outputs: StageOutputs;
  /** Undefined for a gate without a front end. */
  readonly site?: SiteToCheck | undefined;
  readonly clients: AwsClients;
  /** How the probes reach the app. */
  readonly ask: Ask;
  /** How to sign somebody out; nobody is, when it is left out. */
  readonly trial?: RevokedUserTrial | undefined;
  /** Told what is looked at next. */
  readonly progress: (what: string) => void;
}

/**
 * Looks at everything that a deployed stage is made of. Without a trial it changes nothing.
 *
 * @returns a row for each check, and one for each call to AWS that failed.
 */
export async function examineStage(examination: Examination): Promise<readonly CheckRow[]> {
  const { app, stage, access, outputs, site, clients, ask, trial, progress } = examination;
  const reader = createReader();
  const clock = awsClock(clients.ssm);
  const guardInUse = once(() =>
    reader.read("ssm:GetParameters", () => loadStageGuard(clients.ssm, app.name, stage.name)),
  );
  const under: StageUnderCheck = {
    app: app.name,
    region: app.region,
    stage,
    access,
    outputs,
    site,
    home: createFunctionReads(reader, clients.lambda),
    edge: createFunctionReads(reader, clients.edgeLambda),
    ...createRoleReads(reader, clients.iam),
    ...createBucketReads(reader, clients.s3),
    ...createDistributionReads(reader, clients.cloudFront, outputs.appUrl),
    ...createUserPoolReads(reader, clients.cognito, outputs.userPoolId),
    ...createParameterReads(reader, clients.ssm),
    ...createLogReads(reader, clients.logs),
    guardInUse,
    now() {
      try {
        return clock();
      } catch (error) {
        throw new Unread(messageOf(error), "Run doctor again.");
      }
    },
  };
  // The clock is AWS's, as its first answer tells it.
  await guardInUse().catch(() => undefined);
  const groups: readonly (readonly [what: string | undefined, checks: readonly Check[]])[] = [
    ["the guard's role", guardRoleChecks(under)],
    ["the guard", guardChecks(under)],
    ["the backend", backendChecks(under)],
    [
      "CloudFront",
      [
        ...distributionChecks(under),
        ...behaviorChecks(under),
        ...originChecks(under),
        ...siteChecks(under),
      ],
    ],
    [
      "the user pool",
      [...userPoolChecks(under), ...appClientChecks(under), ...cimdPolicyChecks(under)],
    ],
    ["Parameter Store", [...parameterChecks(under), ...endedSignInChecks(under)]],
    ["the logs", logRetentionChecks(under)],
    ["the app from outside", probeChecks(under, ask)],
    [
      trial === undefined ? undefined : "a user who is signed out, which takes a minute",
      [revokedUserCheck(under, ask, trial)],
    ],
  ];
  const rows: CheckRow[] = [];
  for (const [what, checks] of groups) {
    if (what !== undefined) progress(what);
    rows.push(...(await runChecks(checks)));
  }
  return [...rows, ...reader.failures()];
}
