import { randomBytes } from "node:crypto";

import { invokeModeOf } from "@sst-gatehouse/blueprint/api-function";
import { behaviorsOf } from "@sst-gatehouse/blueprint/behaviors";
import type { Gate } from "@sst-gatehouse/blueprint/gate";
import type { Project } from "@sst-gatehouse/blueprint/project";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { writeSealing } from "@sst-gatehouse/edge/build/guard-data";

import type { AccountForm } from "./account.ts";
import { awsHosts, createAwsApis } from "./aws-apis.ts";
import { createBundleStore } from "../code/bundles.ts";
import { explainMissingLinks } from "../code/missing-links.ts";
import { createClock, type Clock } from "../aws/clock.ts";
import { builtFromSource, type CodeSource } from "../code/code-source.ts";
import { createConsole } from "../console/serve-console.ts";
import { createRequestLog } from "../console/request-log.ts";
import { createDeployment, type StageChanges } from "./deployment.ts";
import { createDistributions } from "./distributions.ts";
import type { Explain } from "../aws/explain.ts";
import { createFunctionUrl } from "../aws/function-url/function-url.ts";
import { startBackend, startGuard, streamingOf } from "./functions.ts";
import { createIdentities } from "../aws/iam/identities.ts";
import { startTlsFront } from "../aws/lambda/tls-front.ts";
import { createOutputs, type StackOutputs } from "./outputs.ts";
import { startPublicServer, type Routes } from "./public-server.ts";
import { createReload } from "../code/reload.ts";
import { requireNode } from "./require-node.ts";
import { createRoles } from "./roles.ts";
import { apiRoutes, createRoutes } from "./routes.ts";
import { passWebSocket, startSite } from "./site.ts";
import { localGuardSettings, type Unbaked } from "./guard-settings.ts";
import { createUserPool } from "./stage-user-pool.ts";

export { type AccountForm, builtFromSource, type Clock, type CodeSource, type Explain };

export interface StackOptions {
  readonly project: Project;
  /** 0 picks a free one. */
  readonly port: number;
  readonly explain: Explain;
  /** Reads `gate.ts` again, rebuilds and reloads guard and backends when anything of it is edited. */
  readonly watch?: boolean;
  /** What there is to say of the gate: at the start, and after each edit, when it was read again. */
  readonly remarks?: (gate: Gate) => readonly string[];
  /** Where the code of guard and backends comes from; built from source when absent. */
  readonly codeSource?: CodeSource;
  /** What is left out of the guard's settings file, so that it has to come from Parameter Store. */
  readonly unbaked?: Unbaked;
  /** How the account that is played differs from the usual one. */
  readonly account?: readonly AccountForm[];
  /** Settings of the stage other than those of the gate. */
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
   * Ends the containers of guard and backends, and loads new ones with the code of the start, as AWS may at any time.
   *
   * @param changes.sealing as a deploy with other keys for sessions.
   */
  renew(changes?: { readonly sealing?: SealingKeys }): Promise<void>;
  /** Signs a person in at the public client `spa`; `undefined` for nobody of that name. */
  tokensFor(
    username: string,
  ): Promise<{ readonly id: string; readonly access: string } | undefined>;
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
    project,
    port,
    explain: tell,
    watch = false,
    remarks = () => [],
    codeSource = builtFromSource(project.root),
    unbaked = [],
    account = [],
    stage,
    credentialSeconds = Infinity,
  }: StackOptions,
  onClose: (closer: () => Promise<void>) => void,
): Promise<Omit<Stack, "close">> {
  requireNode(process);
  const clock = createClock();
  const requests = createRequestLog(tell, () => clock.now());
  const { explain } = requests;
  const consoleSecret = randomBytes(24).toString("base64url");
  // The ports come first: every address in the stack has one of them.
  const none: Routes = { find: () => undefined, names: [] };
  const routes = { app: none, apis: none };
  const server = await startPublicServer(port, () => routes.app, explain);
  onClose(() => server.close());
  const apiServer = await startPublicServer(0, () => routes.apis, explain);
  onClose(() => apiServer.close());

  const { gate } = project;
  const deployment = createDeployment(server.port, gate, stage);
  const { accountId, region, stage: stageSettings } = deployment;
  const identities = createIdentities(accountId);
  const expiry = (): number => clock.now() + credentialSeconds * 1000;
  const roles = createRoles(identities, deployment, expiry);
  const cognito = await createUserPool(deployment, gate, account, clock, explain);
  const { userPoolId } = stageSettings;
  if (userPoolId !== undefined)
    explain(
      "start",
      `the people of the user pool ${userPoolId} are not here: ${cognito.users.map(({ username }) => username).join(", ")} stand for them`,
    );
  const awsApis = createAwsApis({ deployment, cognito, identities, clock, explain });
  routes.apis = apiRoutes(apiServer.port, { awsApis, hosted: cognito.handleHosted, explain });
  const hosts = awsHosts(deployment, cognito);
  const front = await startTlsFront({ hosts, listener: awsApis });
  onClose(() => front.close());

  const nowSeconds = Math.floor(clock.now() / 1000);
  const settings = localGuardSettings(deployment, gate.site, cognito, nowSeconds, unbaked);
  let sealing: SealingKeys = { keys: [randomBytes(32).toString("base64")] };
  const store = await createBundleStore({
    project,
    codeSource,
    settings,
    sealing: () => sealing,
    watched: watch,
  });
  onClose(() => store.close());
  const bundles = await store.build();
  explainMissingLinks(bundles.missingLinks, explain);
  for (const remark of remarks(bundles.gate)) explain("stack", remark);
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
  const [guard, ...apis] = await Promise.all([
    startGuard(functionsOptions),
    ...deployment.backends.map((backend) => startBackend(backend, functionsOptions)),
  ]);
  onClose(() => guard.close());
  const fronts = deployment.backends.map((backend, index) => {
    const api = apis[index];
    if (api === undefined) throw new TypeError("each backend has a function");
    onClose(() => api.close());
    const functionUrl = createFunctionUrl({
      host: backend.functionUrlHost,
      region,
      accountId,
      functionArn: backend.functionArn,
      invokeMode: invokeModeOf(streamingOf(bundles.functions[backend.name], stageSettings)),
      ...(account.includes("hangs-on-empty")
        ? { emptyStreamsHeldSeconds: stageSettings.apiTimeoutSeconds }
        : {}),
      identities,
      clock,
      explain,
      watch: requests.watch,
      invoke: (event, ids) => api.invoke(event, ids),
    });
    return { ...backend, api, functionUrl };
  });

  const behaviors = behaviorsOf(gate, deployment.backends);
  const site = await startSite(project, behaviors, deployment.siteHost, explain);
  onClose(async () => site?.close());
  const dial = { host: "127.0.0.1", port: server.port };
  const distributions = createDistributions(
    { deployment, behaviors, site, guard, dial, clock, explain, watch: requests.watch },
    onClose,
  );
  const tokensFor: Stack["tokensFor"] = async (username) => {
    const known = cognito.users.some((user) => user.username === username);
    return known ? cognito.tokensFor(username, "spa") : undefined;
  };
  const frontByHost = new Map(fronts.map((each) => [each.functionUrlHost, each]));
  const [otherwise] = fronts;
  const ofApps = createRoutes(server.port, {
    apps: new Map(
      [...distributions].map(([url, wayOf]) => [
        url,
        (request, response) => wayOf(request.url ?? "/").cloudFront.handle(request, response),
      ]),
    ),
    hosted: [deployment.hostedUrl, cognito.handleHosted],
    console: [
      deployment.consoleOrigin,
      createConsole({
        log: requests,
        origin: deployment.consoleOrigin,
        secret: consoleSecret,
        people: cognito.users.map(({ username }) => username),
        async curlLine(person) {
          const tokens = await tokensFor(person);
          return (
            tokens && `curl ${deployment.loopbackUrl}/ -H 'Authorization: Bearer ${tokens.access}'`
          );
        },
      }),
    ],
    functionUrl(request, response) {
      const [host = ""] = (request.headers.host ?? "").toLowerCase().split(":");
      return (frontByHost.get(host) ?? otherwise)!.functionUrl.handle(request, response);
    },
    explain,
  });
  const devServer = site?.devServer;
  routes.app =
    devServer === undefined
      ? ofApps
      : {
          ...ofApps,
          upgrade(request, socket) {
            const wayOf = distributions.get(`http://${(request.headers.host ?? "").toLowerCase()}`);
            const way = wayOf?.(request.url ?? "/");
            const admits = async () => way?.isSite === true && way.cloudFront.admits(request);
            passWebSocket(request, socket, { devServer, admits }).catch(() => socket.destroy());
          },
        };
  if (watch) {
    const backends = new Map(fronts.map(({ name, api }) => [name, api]));
    store.watch(
      createReload({ gate, guard, backends, explain, remarks }),
      (message) =>
        explain(
          "stack",
          "the build failed; the last good build keeps serving",
          message.split("\n"),
        ),
      (reason) =>
        explain("stack", `not every edit is noticed: ${reason}`, [
          "close programs that watch files, or raise the limits, on Linux with sysctl fs.inotify.max_user_watches and fs.inotify.max_user_instances; then restart",
        ]),
    );
  }
  const renew: Stack["renew"] = async (changes = {}) => {
    sealing = changes.sealing ?? sealing;
    await writeSealing(bundles.edge.directory, sealing);
    const outcomes = await Promise.all([
      guard.redeploy(bundles.edge.directory),
      ...fronts.map(({ name, api }) => api.redeploy(bundles.functions[name]?.directory ?? "")),
    ]);
    for (const outcome of outcomes) if (!outcome.loaded) throw new Error(outcome.reason);
  };
  return {
    clock,
    renew,
    sealing: () => sealing,
    tokensFor,
    outputs: await createOutputs({
      deployment,
      cognito,
      roles,
      apisPort: apiServer.port,
      consoleSecret,
    }),
  };
}
