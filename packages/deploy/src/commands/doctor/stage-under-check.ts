import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { firstGate } from "@sst-gatehouse/blueprint/gate";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { StageGuard } from "../sweep/stage-guard.ts";
import type { AccessToProbe } from "./paths-admitting.ts";
import type { DistributionReads } from "./reads/read-distribution.ts";
import type { FunctionReads } from "./reads/read-functions.ts";
import type { LogReads } from "./reads/read-logs.ts";
import type { ParameterReads } from "./reads/read-parameters.ts";
import type { Role, RoleReads } from "./reads/read-roles.ts";
import type { UserPoolReads } from "./reads/read-user-pool.ts";

/** A deployed stage: what it should be, and how to see what it is. */
export interface StageUnderCheck
  extends DistributionReads, LogReads, ParameterReads, RoleReads, UserPoolReads {
  readonly app: string;
  /** Home region. */
  readonly region: string;
  readonly stage: Stage;
  readonly access: AccessToProbe;
  readonly outputs: StageOutputs;
  /** Functions of the home region. */
  readonly home: FunctionReads;
  /** Functions of the guard's region. */
  readonly edge: FunctionReads;
  /** The guard that the last deploy wrote down. */
  guardInUse(): Promise<StageGuard>;
  /** Seconds since the epoch, by AWS's clock. */
  now(): number;
}

/** The role that the backend believes. */
export function guardRoleOf(under: StageUnderCheck): Promise<Role> {
  return under.role(edgeRoleName(under.app, under.stage.name, under.region));
}

/** Whether the gate has made the user pool: most of one that was there already is not the gate's to judge. */
export function hasOwnPool(
  { Name = "" }: UserPoolType,
  { stage }: Pick<StageUnderCheck, "stage">,
): boolean {
  return stage.userPoolId === undefined && Name.includes(`-${firstGate}UsersUserPool-`);
}

/** Makes AWS what the config says; a deploy alone does not look at what was changed by hand. */
export function redeploy({ stage }: Pick<StageUnderCheck, "stage">): string {
  return `npx sst refresh --stage ${stage.name} && npx sst deploy --stage ${stage.name}`;
}
