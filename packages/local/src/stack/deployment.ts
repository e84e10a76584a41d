import { randomBytes } from "node:crypto";

import { backendsOf, inPascalCase, stageOfGate, type Gate } from "@sst-gatehouse/blueprint/gate";
import { guardLogGroup, guardName } from "@sst-gatehouse/blueprint/guard-function";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

/** The stage that is played. */
export const localStage = "local";
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
  /** The first is the app's main one. */
  readonly backends: readonly [PlayedBackend, ...PlayedBackend[]];
  /** Of the bucket with the front end, where the gate has one. */
  readonly siteHost: string;
  readonly distributionId: string;
  /** SSM prefix of the stage, without a trailing slash. */
  readonly parameterPrefix: string;
  /** What the backends are given besides what the gate gives them. */
  readonly environment: Readonly<Record<string, string>>;
  /** CloudFront, for a browser. */
  readonly appUrl: string;
  /** The same app for every program: some look up no name below `localhost`. */
  readonly loopbackUrl: string;
  /** The hosted sign-in, for a browser. */
  readonly hostedUrl: string;
  /** The console, for a browser; without the secret. */
  readonly consoleOrigin: string;
}

/** What a backend is called at the AWS that is played. */
export interface PlayedBackend {
  /** In `gate.ts`. */
  readonly name: string;
  /** CloudFront's path patterns that lead to it. */
  readonly paths: readonly string[];
  readonly functionName: string;
  readonly functionArn: string;
  readonly functionUrlHost: string;
}

/** @param port the stack's one public port. */
export function createDeployment(port: number, gate: Gate, changes: StageChanges = {}): Deployment {
  const { name: app, region } = gate.app;
  const [main, ...others] = backendsOf(gate).map(({ name, paths }) => {
    const functionName = `${app}-${localStage}-${inPascalCase(name)}`;
    return {
      name,
      paths,
      functionName,
      functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
      functionUrlHost: `${lowerCaseId(32)}.lambda-url.${region}.on.aws`,
    };
  });
  if (main === undefined) throw new TypeError("the gate has no backend");
  return {
    app,
    // Programs and tests on this machine sign in by it.
    stage: { ...stageOfGate(gate, localStage), ...changes, spaClient: true, machineClient: true },
    accountId,
    region,
    edgeRegion,
    guardName: guardName(app, localStage),
    guardLogGroup: guardLogGroup(app, localStage),
    backends: [main, ...others],
    siteHost: `${app}-${localStage}-site-${lowerCaseId(8)}.s3.${region}.amazonaws.com`,
    distributionId: `E${lowerCaseId(13).toUpperCase()}`,
    parameterPrefix: parameterPrefix(app, localStage),
    environment: environmentOf(gate),
    appUrl: originOf("app.localhost", port),
    loopbackUrl: originOf("127.0.0.1", port),
    hostedUrl: originOf("auth.localhost", port),
    consoleOrigin: originOf("console.localhost", port),
  };
}

/** As a browser writes it, which leaves port 80 out. */
function originOf(name: string, port: number): string {
  return new URL(`http://${name}:${port}`).origin;
}

/** As `sst dev` gives links to a process. */
function environmentOf({ app, local = {} }: Gate): Readonly<Record<string, string>> {
  const links = { App: { name: app.name, stage: localStage }, ...local.links };
  return {
    ...local.environment,
    ...Object.fromEntries(
      Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
    ),
  };
}

function lowerCaseId(length: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("");
}
