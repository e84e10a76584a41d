import { randomBytes } from "node:crypto";

import { apiEnvironment, apiFunction } from "@gatehouse/blueprint/api-function";
import { appClients, type AppClientName } from "@gatehouse/blueprint/app-clients";
import { cacheBehavior, origin } from "@gatehouse/blueprint/cache-behavior";
import { edgeRoleName } from "@gatehouse/blueprint/edge-role";
import { guardFunction, guardLogGroup } from "@gatehouse/blueprint/guard-function";
import { parameterNames, parameterPrefix } from "@gatehouse/blueprint/parameters";
import type { Snapshot } from "@gatehouse/blueprint/snapshot";
import { resolveStage, type Stage } from "@gatehouse/blueprint/stages";

import { access } from "../../../access.ts";
import { stages } from "../../../stages.ts";
import { createAdminApi } from "./admin-api.ts";
import { createJsonApi } from "./aws-json/json-api.ts";
import { createBundleStore } from "./bundles.ts";
import { createClock, type Clock } from "./clock.ts";
import { createCloudFront } from "./cloudfront/cloudfront.ts";
import { createCognito } from "./cognito/cognito.ts";
import type { Explain } from "./explain.ts";
import { createFunctionUrl } from "./function-url/function-url.ts";
import { explainGuardLine } from "./guard-log.ts";
import { createIdentities, type Identity } from "./identities.ts";
import { createLambdaFunction } from "./lambda-runtime/lambda-function.ts";
import { startTlsFront } from "./lambda-runtime/tls-front.ts";
import type { OutputCredentials, StackOutputs } from "./outputs.ts";
import { startPublicServer, type Route } from "./public-server.ts";
import { createReload } from "./reload.ts";
import { createRoles } from "./roles.ts";
import { answerFault, createRoutes } from "./routes.ts";
import { createSsm } from "./ssm.ts";

const app = "gatehouse";
const stageName = "local";
const accountId = "123456789012";
const region = "eu-central-1";
/** Not the region of the Function URL: a guard that signs with its own region must fail here as it does on AWS. */
const edgeRegion = "ap-southeast-2";

export interface StackOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly explain: Explain;
  /** Rebuilds and reloads both functions when their source is edited. */
  readonly watch?: boolean;
  /** What is left out of the guard's settings file, so that it has to come from Parameter Store. */
  readonly unbaked?: readonly ("clients" | "jwks")[];
  /** Settings of the stage other than those in stages.ts. */
  readonly stage?: Partial<
    Pick<Stage, "corsOrigins" | "forwardToken" | "implicitGrant" | "selfSignUp">
  >;
}

export interface Stack {
  readonly outputs: StackOutputs;
  readonly clock: Clock;
  close(): Promise<void>;
}

/**
 * Starts the whole chain on this machine: CloudFront, the guard, the Function URL, the backend, Cognito and Parameter
 * Store. Resolves when a request can be sent.
 *
 * @throws {Error} with code `EADDRINUSE` when the port is taken, or with the bundler's messages.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { explain } = options;
  const stage: Stage = { ...resolveStage(stages, stageName), ...options.stage };
  const clock = createClock();
  const identities = createIdentities(accountId);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((closer) => closer()));
  };

  try {
    let route: Route = () => undefined;
    const server = await startPublicServer(
      options.port,
      (host) => route(host),
      explain,
      () => route.names ?? [],
    );
    closers.push(() => server.close());

    const guardName = `${app}-${stageName}-Guard`;
    const functionName = `${app}-${stageName}-Api`;
    const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
    const functionUrlHost = `${lowerCaseId(32)}.lambda-url.${region}.on.aws`;
    const prefix = parameterPrefix(app, stageName);
    const appUrl = `http://app.localhost:${server.port}`;
    const hostedOrigin = `http://auth.localhost:${server.port}`;
    const roles = createRoles(identities, {
      app,
      stage: stageName,
      accountId,
      region,
      functionArn,
      parameterPrefix: prefix,
      guardName,
      guardLogGroup: guardLogGroup(app, stageName),
    });

    const clientNames = appClientNames(stage);
    const cognito = await createCognito({
      region,
      accountId,
      hostedOrigin,
      clock,
      explain,
      clients: clientNames,
      callbackUrls: [`${appUrl}/`, `${appUrl}/.auth/callback`],
      logoutUrls: [`${appUrl}/`],
      resourceServerScopes: access.scopes,
      selfSignUp: stage.selfSignUp,
      users: [
        { username: "alice", password: newPassword(), groups: [], email: "alice@example.com" },
        { username: "ada", password: newPassword(), groups: ["admin"], email: "ada@example.com" },
      ],
    });
    const ssm = createSsm({ region, accountId, clock });
    for (const name of clientNames)
      ssm.put(`${prefix}/${parameterNames.client(name)}`, cognito.clientId(name));
    ssm.put(`${prefix}/${parameterNames.jwks}`, JSON.stringify(cognito.keySet()));

    const jsonApi = createJsonApi({
      services: [
        cognito.service,
        ssm.service,
        createAdminApi({ clock, mintToken: cognito.mintToken }),
      ],
      region,
      identities,
      clock,
      explain,
    });
    const idpHost = `cognito-idp.${region}.amazonaws.com`;
    const ssmHost = `ssm.${region}.amazonaws.com`;
    const awsApis = (
      request: Parameters<typeof jsonApi.handle>[0],
      response: Parameters<typeof jsonApi.handle>[1],
    ): void => {
      const answer =
        request.method === "GET"
          ? cognito.handleIdp(request, response)
          : jsonApi.handle(request, response);
      answer.catch((error: unknown) => answerFault(error, response, explain));
    };
    const front = await startTlsFront({ hosts: [idpHost, ssmHost], listener: awsApis });
    closers.push(() => front.close());

    const signInUrl = cognito.signInUrl(stage.implicitGrant ? "walkthrough" : "web", `${appUrl}/`);
    const snapshot: Snapshot = {
      madeBy: "local",
      region,
      prefix,
      functionUrlHost,
      issuers: [cognito.issuer],
      ...(options.unbaked?.includes("jwks")
        ? {}
        : { jwks: { ...cognito.keySet(), fetchedAt: Math.floor(clock.now() / 1000) } }),
      ...(options.unbaked?.includes("clients")
        ? {}
        : { clients: snapshotClients(clientNames, cognito.clientId) }),
      clientNames,
      appOrigins: [appUrl],
      corsOrigins: stage.corsOrigins,
      forwardToken: stage.forwardToken,
      signIn: { url: signInUrl },
      revocation: { mode: "off" },
    };
    const bundles = await createBundleStore(snapshot);
    closers.push(() => bundles.close());
    const built = await bundles.build();

    const network = { hosts: { [idpHost]: front.port, [ssmHost]: front.port }, caPem: front.caPem };
    const [guard, api] = await Promise.all([
      createLambdaFunction({
        name: `us-east-1.${guardName}`,
        functionArn: `arn:aws:lambda:us-east-1:${accountId}:function:${guardName}`,
        version: "1",
        codeDirectory: built.edge,
        handler: guardFunction.handler,
        region: edgeRegion,
        memoryMb: guardFunction.memoryMb,
        timeoutSeconds: guardFunction.timeoutSeconds,
        environment: {},
        credentials: credentialsOf(roles.edge),
        network,
        clock,
        onLog: (line) => explainGuardLine(line, explain),
      }),
      createLambdaFunction({
        name: functionName,
        functionArn,
        version: "$LATEST",
        codeDirectory: built.functions,
        handler: apiFunction.handler,
        region,
        memoryMb: apiFunction.memoryMb,
        timeoutSeconds: apiFunction.timeoutSeconds,
        maxEnvironments: 10,
        environment: {
          [apiEnvironment.edgeAccount]: accountId,
          [apiEnvironment.edgeRole]: edgeRoleName(app, stageName),
          [apiEnvironment.corsOrigins]: JSON.stringify(stage.corsOrigins),
        },
        credentials: credentialsOf(identities.assumeRole(functionName, functionName, [])),
        network,
        clock,
        onLog: (line) => explain("api", line),
      }),
    ]);
    closers.push(
      () => guard.close(),
      () => api.close(),
    );

    const functionUrl = createFunctionUrl({
      host: functionUrlHost,
      region,
      accountId,
      functionArn,
      invokeMode: apiFunction.invokeMode,
      identities,
      clock,
      explain,
      invoke: (event) => api.invoke(event),
    });
    const cloudFront = createCloudFront({
      domainName: `${lowerCaseId(14)}.cloudfront.net`,
      distributionId: `E${lowerCaseId(13).toUpperCase()}`,
      behavior: cacheBehavior,
      origin: {
        ...origin,
        domainName: functionUrlHost,
        readTimeoutSeconds: stage.originReadTimeoutSeconds,
      },
      dial: { host: "127.0.0.1", port: server.port },
      edge: {
        invoke: (event) => guard.invoke(event),
        timeoutSeconds: guardFunction.timeoutSeconds,
      },
      clock,
      explain,
    });
    closers.push(() => cloudFront.close());

    route = createRoutes(server.port, {
      cloudFront: (request, response) => cloudFront.handle(request, response),
      hosted: cognito.handleHosted,
      functionUrl: (request, response) => functionUrl.handle(request, response),
      awsApis,
      explain,
    });

    if (options.watch) {
      bundles.watch(createReload({ guard, api, explain }), (message) =>
        explain("stack", "the build failed; the last good one keeps serving", message.split("\n")),
      );
    }

    const [user] = cognito.users;
    if (user === undefined) throw new TypeError("the stack has no user");
    const endpoint = `http://127.0.0.1:${server.port}`;
    const tokens = await cognito.tokensFor(user.username, "web");
    const walkthrough = clientNames.includes("walkthrough")
      ? { walkthrough: { id: cognito.clientId("walkthrough") } }
      : {};
    return {
      clock,
      close,
      outputs: {
        appUrl,
        signInUrl,
        functionUrl: `http://${functionUrlHost}:${server.port}`,
        region,
        edgeRegion,
        userPoolId: cognito.poolId,
        clients: {
          web: { id: cognito.clientId("web") },
          machine: { id: cognito.clientId("machine"), secret: cognito.clientSecret("machine") },
          ...walkthrough,
        },
        endpoints: { ssm: endpoint, cognitoIdp: endpoint },
        users: cognito.users.map(({ username, password, groups }) => ({
          username,
          password,
          groups,
        })),
        tokens: { id: tokens.id, access: tokens.access },
        credentials: {
          edge: credentialsOf(roles.edge),
          service: credentialsOf(roles.service),
          stranger: credentialsOf(roles.stranger),
          admin: credentialsOf(roles.admin),
        },
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The clients this stage has: the walk-through's only where the stage opens the implicit grant. */
function appClientNames({ implicitGrant }: Stage): readonly AppClientName[] {
  return implicitGrant ? ["web", "machine", "walkthrough"] : ["web", "machine"];
}

function snapshotClients(
  names: readonly AppClientName[],
  clientId: (name: AppClientName) => string,
): Snapshot["clients"] & object {
  return Object.fromEntries(
    names.map((name) => {
      const { kind, tokenUses } = appClients[name];
      return [clientId(name), { kind, tokenUses }];
    }),
  );
}

function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Identity): OutputCredentials {
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** A password that the pool's policy takes; new at every start. */
function newPassword(): string {
  return `Gate-${randomBytes(6).toString("hex")}-7`;
}

function lowerCaseId(length: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("");
}
