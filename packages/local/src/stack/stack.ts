import { randomBytes } from "node:crypto";

import { invokeModeOf } from "@sst-gatehouse/blueprint/api-function";
import { cacheBehavior } from "@sst-gatehouse/blueprint/cache-behavior";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { writeSealing } from "@sst-gatehouse/edge/build/guard-data";

import type { AccountForm } from "./account.ts";
import { scopesOf, type Adopted } from "./adopted.ts";
import { awsHosts, createAwsApis } from "./aws-apis.ts";
import { createBundleStore } from "../code/bundles.ts";
import { createClock, type Clock } from "../aws/clock.ts";
import { createCloudFront } from "../aws/cloudfront/cloudfront.ts";
import { builtFromSource, type CodeSource } from "../code/code-source.ts";
import { createDeployment, type StageChanges } from "./deployment.ts";
import type { Explain } from "../aws/explain.ts";
import { createFunctionUrl } from "../aws/function-url/function-url.ts";
import { startApi, startGuard } from "./functions.ts";
import { createIdentities } from "../aws/iam/identities.ts";
import { startTlsFront } from "../aws/lambda/tls-front.ts";
import { createOutputs, type StackOutputs } from "./outputs.ts";
import { startPublicServer, type Routes } from "./public-server.ts";
import { createReload } from "../code/reload.ts";
import { createRoles } from "./roles.ts";
import { createRoutes } from "./routes.ts";
import { localGuardSettings, type Unbaked } from "./guard-settings.ts";
import { stageOrigin } from "./stage-origin.ts";
import { createUserPool } from "./stage-user-pool.ts";

export { builtFromSource, type Adopted, type CodeSource };

export interface StackOptions {
  /** The app's name and region, its stages, its access rules and its backend. */
  readonly adopted: Adopted;
  /** 0 picks a free one. */
  readonly port: number;
  readonly explain: Explain;
  /** Rebuilds and reloads both functions when their source is edited. */
  readonly watch?: boolean;
  /** Where the code of both functions comes from; built from source when absent. */
  readonly codeSource?: CodeSource;
  /** What is left out of the guard's settings file, so that it has to come from Parameter Store. */
  readonly unbaked?: Unbaked;
  /** How the account that is played differs from the usual one. */
  readonly account?: readonly AccountForm[];
  /** Settings of the stage other than those of the adopter. */
  readonly stage?: StageChanges;
  /**
   * For how long the credentials of an execution environment are good, by the stack's clock. AWS ends an environment
   * before, which here `renew` does. For ever when left out.
   */
  readonly credentialSeconds?: number;
}

export interface Stack {
  readonly outputs: StackOutputs;
  readonly clock: Clock;
  /**
   * Ends the containers of both functions, and loads new ones with the code of the start, as AWS may at any time.
   *
   * @param changes.sealing as a deploy with other keys for sessions.
   */
  renew(changes?: { readonly sealing?: SealingKeys }): Promise<void>;
  /** The keys of sessions now; new at every start. */
  sealing(): SealingKeys;
  close(): Promise<void>;
}

/**
 * Starts the whole chain on this machine: CloudFront, the guard, the Function URL, the backend, Cognito and Parameter
 * Store. Resolves when a request can be sent.
 *
 * @throws {Error} with code `EADDRINUSE` when the port is taken, or when there is no code: with the bundler's messages.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((closer) => closer()));
  };
  try {
    return { ...(await compose(options, (closer) => closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param onClose takes what has to be ended, as soon as it runs. */
async function compose(
  {
    adopted,
    port,
    explain,
    watch = false,
    codeSource = builtFromSource(adopted),
    unbaked = [],
    account = [],
    stage,
    credentialSeconds = Infinity,
  }: StackOptions,
  onClose: (closer: () => Promise<void>) => void,
): Promise<Omit<Stack, "close">> {
  // The port comes first: every address in the stack has it.
  let routes: Routes = { find: () => undefined, names: [] };
  const server = await startPublicServer(port, () => routes, explain);
  onClose(() => server.close());

  const clock = createClock();
  const deployment = createDeployment(server.port, adopted, stage);
  const { accountId, region, functionArn, functionUrlHost, stage: stageSettings } = deployment;
  const identities = createIdentities(accountId);
  const expiry = (): number => clock.now() + credentialSeconds * 1000;
  const roles = createRoles(identities, deployment, expiry);
  const scopes = await scopesOf(adopted);
  const cognito = await createUserPool(deployment, scopes, account, clock, explain);
  const awsApis = createAwsApis({ deployment, cognito, identities, clock, explain });
  const hosts = awsHosts(deployment, cognito);
  const front = await startTlsFront({ hosts, listener: awsApis });
  onClose(() => front.close());

  const nowSeconds = Math.floor(clock.now() / 1000);
  const settings = localGuardSettings(deployment, cognito, nowSeconds, unbaked);
  let sealing: SealingKeys = { keys: [randomBytes(32).toString("base64")] };
  const store = await createBundleStore(settings, () => sealing, codeSource, adopted.accessFile);
  onClose(() => store.close());
  const bundles = await store.build();
  const functionsOptions = {
    deployment,
    bundles,
    roles,
    identities,
    expiry,
    network: {
      hosts: Object.fromEntries(hosts.map((host) => [host, front.port])),
      caPem: front.caPem,
    },
    clock,
    explain,
  };
  const [guard, api] = await Promise.all([
    startGuard(functionsOptions),
    startApi(functionsOptions),
  ]);
  onClose(() => guard.close());
  onClose(() => api.close());

  const functionUrl = createFunctionUrl({
    host: functionUrlHost,
    region,
    accountId,
    functionArn,
    invokeMode: invokeModeOf(stageSettings.streaming),
    ...(account.includes("hangs-on-empty")
      ? { emptyStreamsHeldSeconds: stageSettings.apiTimeoutSeconds }
      : {}),
    identities,
    clock,
    explain,
    invoke: (event, ids) => api.invoke(event, ids),
  });
  const cloudFront = createCloudFront({
    domainName: deployment.distributionDomainName,
    distributionId: deployment.distributionId,
    behavior: cacheBehavior,
    responseHeaders,
    origin: stageOrigin(deployment),
    dial: { host: "127.0.0.1", port: server.port },
    edge: {
      invoke: (event) => guard.invoke(event),
      timeoutSeconds: guardFunction.timeoutSeconds,
    },
    clock,
    explain,
  });
  onClose(() => cloudFront.close());

  routes = createRoutes(server.port, {
    cloudFront: (request, response) => cloudFront.handle(request, response),
    hosted: cognito.handleHosted,
    functionUrl: (request, response) => functionUrl.handle(request, response),
    awsApis,
    explain,
  });
  if (watch) {
    store.watch(createReload({ guard, api, explain }), (message) =>
      explain("stack", "the build failed; the last good build keeps serving", message.split("\n")),
    );
  }
  const renew: Stack["renew"] = async (changes = {}) => {
    sealing = changes.sealing ?? sealing;
    await writeSealing(bundles.edge.directory, sealing);
    const outcomes = await Promise.all([
      guard.redeploy(bundles.edge.directory),
      api.redeploy(bundles.functions.directory),
    ]);
    for (const outcome of outcomes) if (!outcome.loaded) throw new Error(outcome.reason);
  };
  return {
    clock,
    renew,
    sealing: () => sealing,
    outputs: await createOutputs({ deployment, cognito, roles }),
  };
}
