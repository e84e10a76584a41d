import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { behaviorsOf, type GateBehavior } from "@sst-gatehouse/blueprint/behaviors";
import { backendsOf, firstGate, type Gate, type GateAccess } from "@sst-gatehouse/blueprint/gate";
import { accountWideName } from "@sst-gatehouse/blueprint/account-wide-name";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import type { Site, StaticSite } from "@sst-gatehouse/blueprint/site";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { siteBucketName } from "../../site-bucket.ts";
import type { StageGuard } from "../sweep/stage-guard.ts";
import type { BucketReads } from "./reads/read-bucket.ts";
import type { DistributionReads } from "./reads/read-distribution.ts";
import type { FunctionReads } from "./reads/read-functions.ts";
import type { LogReads } from "./reads/read-logs.ts";
import type { ParameterReads } from "./reads/read-parameters.ts";
import type { Role, RoleReads } from "./reads/read-roles.ts";
import type { UserPoolReads } from "./reads/read-user-pool.ts";

/** The front end that a gate says it has, in a bucket of its own or as the app's component. */
export interface SiteToCheck
  extends Pick<Site, "fallback">, Partial<Pick<StaticSite, "component">> {
  /** Where the paths of the gate lead, the site's and the backends'. */
  readonly behaviors: readonly GateBehavior[];
}

/** @returns undefined for a gate without a front end. */
export function siteToCheck(
  gate: Pick<Gate, "access" | "backends" | "site">,
): SiteToCheck | undefined {
  return gate.site && { ...gate.site, behaviors: behaviorsOf(gate, backendsOf(gate)) };
}

/** What it is called at AWS. */
export interface SiteFound extends SiteToCheck {
  readonly bucket: string;
  readonly arn: string;
  /** Of the bucket, as CloudFront's origin. */
  readonly host: string;
  /** The CloudFront function of the public pages. */
  readonly pages: string;
  readonly pagesArn: string;
}

/** A deployed stage: what it should be, and how to see what it is. */
export interface StageUnderCheck
  extends BucketReads, DistributionReads, LogReads, ParameterReads, RoleReads, UserPoolReads {
  readonly app: string;
  /** Home region. */
  readonly region: string;
  readonly stage: Stage;
  readonly access: GateAccess;
  readonly outputs: StageOutputs;
  /** Undefined for a gate without a front end. */
  readonly site: SiteToCheck | undefined;
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

/** The gate's own site by the names that a deploy gives it; the account is that of the guard's role. */
export async function siteOf(under: StageUnderCheck): Promise<SiteFound | undefined> {
  const { app, stage, region, site } = under;
  if (site === undefined || site.component !== undefined) return undefined;
  const [, partition = "", , , accountId = ""] = (await guardRoleOf(under)).arn.split(":");
  const bucket = siteBucketName(app, stage.name, { region, accountId });
  const pages = `${accountWideName(app, stage.name, region)}-site`;
  return {
    ...site,
    bucket,
    arn: `arn:${partition}:s3:::${bucket}`,
    host: `${bucket}.s3.${region}.amazonaws.com`,
    pages,
    pagesArn: `arn:${partition}:cloudfront::${accountId}:function/${pages}`,
  };
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
