import { randomBytes } from "node:crypto";

import { guardLogGroup, guardName } from "@sst-gatehouse/blueprint/guard-function";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { resolveStage, type Stage } from "@sst-gatehouse/blueprint/stages";

import type { Adopted } from "./adopted.ts";

const stageName = "local";
const accountId = "123456789012";
/** Not the region of the Function URL: a guard that signs with its own region must fail here as it does on AWS. */
const edgeRegion = "ap-southeast-2";

/** The settings of the local stage that a test may change. */
export type StageChanges = Partial<
  Omit<
    Stage,
    "name" | "production" | "domain" | "certificateArn" | "waf" | "spaClient" | "sealingKeys"
  >
>;

/** What a deployment of the local stage is called: names, ARNs and addresses. Ids are new at every start. */
export interface Deployment {
  readonly app: string;
  readonly stage: Stage;
  readonly accountId: string;
  readonly region: string;
  readonly edgeRegion: string;
  readonly guardName: string;
  readonly guardLogGroup: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly functionUrlHost: string;
  readonly distributionDomainName: string;
  readonly distributionId: string;
  /** SSM prefix of the stage, without a trailing slash. */
  readonly parameterPrefix: string;
  /** CloudFront, for a browser. */
  readonly appUrl: string;
  /** The hosted sign-in, for a browser. */
  readonly hostedUrl: string;
  readonly functionUrl: string;
  /** The AWS APIs, for an SDK. */
  readonly endpoint: string;
}

/** @param port the stack's one public port. */
export function createDeployment(
  port: number,
  { app: { name: app, region }, stages }: Pick<Adopted, "app" | "stages">,
  changes: StageChanges = {},
): Deployment {
  const functionName = `${app}-${stageName}-Api`;
  const functionUrlHost = `${lowerCaseId(32)}.lambda-url.${region}.on.aws`;
  return {
    app,
    // Programs and tests on this machine sign in by it.
    stage: { ...resolveStage(stages, stageName), ...changes, spaClient: true },
    accountId,
    region,
    edgeRegion,
    guardName: guardName(app, stageName),
    guardLogGroup: guardLogGroup(app, stageName),
    functionName,
    functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
    functionUrlHost,
    distributionDomainName: `${lowerCaseId(14)}.cloudfront.net`,
    distributionId: `E${lowerCaseId(13).toUpperCase()}`,
    parameterPrefix: parameterPrefix(app, stageName),
    appUrl: `http://app.localhost:${port}`,
    hostedUrl: `http://auth.localhost:${port}`,
    functionUrl: `http://${functionUrlHost}:${port}`,
    endpoint: `http://127.0.0.1:${port}`,
  };
}

function lowerCaseId(length: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("");
}
