import { apiEnvironment, type StreamingMode } from "@sst-gatehouse/blueprint/api-function";
import { backendRevocation } from "@sst-gatehouse/blueprint/make-guard-settings";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import type { PolicyDocument } from "@sst-gatehouse/blueprint/policy-document";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { Clock } from "../aws/clock.ts";
import type { Bundle, Bundles } from "../code/code-source.ts";
import type { Deployment, PlayedBackend } from "./deployment.ts";
import type { Explain } from "../aws/explain.ts";
import { explainLine } from "./log-lines.ts";
import { credentialsOf, type Identities } from "../aws/iam/identities.ts";
import type { LambdaFunctionOptions } from "../aws/lambda/invocation.ts";
import { createLambdaFunction, type LambdaFunction } from "../aws/lambda/lambda-function.ts";
import type { Roles } from "./roles.ts";

/** Streams hold an environment until they end, so there may be a few at a time. */
const apiEnvironments = 10;

export interface FunctionsOptions {
  readonly deployment: Deployment;
  readonly bundles: Bundles;
  readonly roles: Roles;
  readonly identities: Identities;
  /** When credentials that are made now expire. */
  readonly expiry: () => number;
  readonly network: LambdaFunctionOptions["network"];
  readonly clock: Clock;
  readonly explain: Explain;
}

export function startGuard(options: FunctionsOptions): Promise<LambdaFunction> {
  return createLambdaFunction(guardOptions(options));
}

/** The guard, in another region and without environment variables, as Lambda@Edge runs it. */
export function guardOptions({
  deployment,
  bundles,
  roles,
  network,
  clock,
  explain,
}: FunctionsOptions): LambdaFunctionOptions {
  const { accountId, guardName, edgeRegion } = deployment;
  return {
    name: `us-east-1.${guardName}`,
    functionArn: `arn:aws:lambda:us-east-1:${accountId}:function:${guardName}`,
    version: "1",
    codeDirectory: bundles.edge.directory,
    handler: bundles.edge.handler,
    region: edgeRegion,
    memoryMb: guardFunction.memoryMb,
    timeoutSeconds: guardFunction.timeoutSeconds,
    environment: {},
    credentials: () => credentialsOf(roles.assumeEdge()),
    logGroup: deployment.guardLogGroup,
    network,
    clock,
    onLog: (line) => explainLine(line, "guard", explain),
  };
}

/** A backend behind its Function URL. */
export function startBackend(
  backend: PlayedBackend,
  options: FunctionsOptions,
): Promise<LambdaFunction> {
  return createLambdaFunction(backendOptions(backend, options));
}

/** A backend as this stage deploys it. @throws {TypeError} when there is no code for it. */
export function backendOptions(
  { name, functionName, functionArn }: PlayedBackend,
  { deployment, bundles, identities, expiry, network, clock, explain }: FunctionsOptions,
): LambdaFunctionOptions {
  const bundle = bundles.functions[name];
  if (bundle === undefined) throw new TypeError(`there is no code for the backend ${name}`);
  const { app, stage, accountId, region } = deployment;
  const revocation = backendRevocation(stage, deployment.parameterPrefix);
  return {
    name: functionName,
    functionArn,
    version: "$LATEST",
    codeDirectory: bundle.directory,
    handler: bundle.handler,
    region,
    memoryMb: stage.apiMemoryMb,
    timeoutSeconds: stage.apiTimeoutSeconds,
    maxEnvironments: apiEnvironments,
    environment: {
      ...bundle.environment,
      ...deployment.environment,
      [apiEnvironment.edgeAccount]: accountId,
      [apiEnvironment.edgeRole]: edgeRoleName(app, stage.name, region),
      [apiEnvironment.corsOrigins]: JSON.stringify(stage.corsOrigins),
      [apiEnvironment.streaming]: streamingOf(bundle, stage),
      ...(revocation && { [apiEnvironment.revocation]: JSON.stringify(revocation) }),
    },
    credentials: () =>
      credentialsOf(
        identities.assumeRole(
          functionName,
          functionName,
          revocation === undefined ? [] : [readsList(deployment, revocation.list)],
          expiry(),
        ),
      ),
    network,
    clock,
    onLog: (line) => explainLine(line, name, explain),
  };
}

/** Whether a backend streams its answers: as the stage says, but for a function that says otherwise itself. */
export function streamingOf(
  bundle: Bundle | undefined,
  { streaming }: Pick<Stage, "streaming">,
): StreamingMode {
  return bundle?.buffered === true ? "off" : streaming;
}

/** As `lock()` lets it. */
function readsList({ region, accountId }: Deployment, list: string): PolicyDocument {
  const arn = `arn:aws:ssm:${region}:${accountId}:parameter${list}`;
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["ssm:GetParameters"], Resource: [arn, `${arn}/*`] }],
  };
}
