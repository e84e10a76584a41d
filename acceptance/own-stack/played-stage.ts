import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";

import type { Stack } from "@sst-gatehouse/local/stack";
import type { AccountState } from "@sst-gatehouse/local/test/account-state";
import { expect, vi } from "vitest";

import { startTlsFront } from "@sst-gatehouse/local/tls-front";
import { app } from "../sample/stages.ts";
import { callApi } from "../support/client.ts";

/** A local stack behind the names and the TLS of a deployed stage. */
export interface PlayedStage {
  readonly stage: string;
  /** For a process that takes it for a deployed stage, with the administrator's credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the stage's machine client; the stack's own outputs do not know it. */
  readonly machineSecret: string;
  /** Writes the outputs again, with changes that no deploy would have made; without any, as they were. */
  rewrite(changes?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Answers every request for the app with 503 from now on. */
  breakDown(): void;
  /** Lets everybody in, at the app or at the bare Function URL, until the returned function is called. */
  open(door: "app" | "functionUrl"): () => void;
  close(): Promise<void>;
}

/** CloudFront's name of a played stage. */
export const appHost = "d111111abcdef8.cloudfront.net";
/** What the local stack's pool says of its domain. */
export const signInHost = `gatehouse-local.auth.${app.region}.amazoncognito.com`;

/** What CloudFront's stand-in takes is above Node's own limit. */
const maxHeadBytes = 65_536;

/**
 * Puts a TLS server with names such as AWS gives in front of a local stack, gives its user pool the tags and the machine
 * client of a deployed stage, and writes the outputs of a stage that has these names to the stack's Parameter Store.
 *
 * @param stack one that was built without clients, and has not been asked for anything: its guard is to know the new one.
 */
export async function playStage({ outputs }: Stack, stage: string): Promise<PlayedStage> {
  const { endpoints, region, userPoolId, clients, credentials } = outputs;
  const functionUrlHost = new URL(outputs.functionUrl).hostname;
  const cognitoHost = `cognito-idp.${region}.amazonaws.com`;
  const local = new Map([
    [appHost, new URL(outputs.appUrl).host],
    [signInHost, new URL(outputs.signInUrl).host],
    [cognitoHost, new URL(endpoints.cognitoIdp).host],
  ]);
  const port = Number(new URL(outputs.appUrl).port);
  const localSignIn = new URL(outputs.signInUrl).origin;
  /** Where the guard and the sign-in say that the app is; in a query they write it encoded. */
  const [localApp, playedApp] = [outputs.appUrl, `https://${appHost}`].map(encodeURIComponent);
  const signInUrl = outputs.signInUrl
    .replace(localSignIn, `https://${signInHost}`)
    .replaceAll(localApp ?? "", playedApp ?? "");
  let broken = false;
  const doors = { app: appHost, functionUrl: functionUrlHost };
  let opened: string | undefined;

  const front = await startTlsFront({
    hosts: [appHost, signInHost, cognitoHost, `*.lambda-url.${region}.on.aws`],
    maxHeadBytes,
    listener: (request, response) => {
      const { host = "" } = request.headers;
      if (broken && host === appHost) {
        request.resume();
        response.writeHead(503).end();
        return;
      }
      if (host === opened) {
        request.resume();
        response.writeHead(200, { "content-type": "text/html" }).end("hello");
        return;
      }
      forward(request, response, local.get(host) ?? host).catch(() => response.destroy());
    },
  });

  /**
   * `Host` and the app's address in a query or in a form for tokens change on the way in, addresses in `Location` on the way
   * out.
   */
  async function forward(
    request: IncomingMessage,
    response: ServerResponse,
    host: string,
  ): Promise<void> {
    const { method = "", url = "", rawHeaders } = request;
    const form =
      url === "/oauth2/token"
        ? (await text(request)).replaceAll(playedApp ?? "", localApp ?? "")
        : undefined;
    const headers = mapHeaders(rawHeaders, (name, value) => {
      if (name === "content-length" && form !== undefined) return String(Buffer.byteLength(form));
      return name === "host" ? host : value;
    });
    const onward = httpRequest({
      host: "127.0.0.1",
      // AWS's APIs may have one of their own.
      port: /:(\d+)$/.exec(host)?.[1] ?? port,
      method,
      path: url.replaceAll(playedApp ?? "", localApp ?? ""),
      headers,
      agent: false,
      maxHeaderSize: maxHeadBytes,
    });
    if (!/^(content-length|transfer-encoding)$/im.test(rawHeaders.join("\n")))
      onward.useChunkedEncodingByDefault = false;
    onward.on("error", () => response.destroy());
    onward.on("response", (answer) => {
      response.sendDate = false;
      const { statusCode = 0, statusMessage = "" } = answer;
      const answered = mapHeaders(answer.rawHeaders, (name, value) =>
        name === "location"
          ? value
              .replace(localSignIn, `https://${signInHost}`)
              .replace(`${outputs.appUrl}/.auth/callback`, `https://${appHost}/.auth/callback`)
              .replaceAll(localApp ?? "", playedApp ?? "")
          : value,
      );
      response.writeHead(statusCode, statusMessage, answered);
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    if (form === undefined) request.pipe(onward);
    else onward.end(form);
  }

  const directory = mkdtempSync(join(tmpdir(), "gatehouse-played-"));
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, front.caPem);
  const machine = await deployMachineClient(outputs, stage);
  const value = {
    appUrl: `https://${appHost}`,
    signInUrl,
    functionUrl: `https://${functionUrlHost}`,
    region,
    edgeRegion: "us-east-1",
    userPoolId,
    clients: { ...clients, machine: { id: machine.ClientId } },
    endpoints: { ssm: `https://ssm.${region}.amazonaws.com`, cognitoIdp: `https://${cognitoHost}` },
  };
  const rewrite = async (changes: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    await putParameter(
      outputs,
      `/gatehouse/${app.name}/${stage}/outputs`,
      JSON.stringify({ ...value, ...changes }),
    );
  };
  await rewrite();
  const preload = join(import.meta.dirname, "dial-the-front.ts");
  return {
    stage,
    machineSecret: machine.ClientSecret,
    rewrite,
    environment: {
      GATEHOUSE_PLAYED_APP_URL: outputs.appUrl,
      AWS_ENDPOINT_URL_SSM: endpoints.ssm,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoints.cognitoIdp,
      AWS_ACCESS_KEY_ID: credentials.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.admin.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.admin.sessionToken,
      NODE_EXTRA_CA_CERTS: caFile,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${preload}`,
      GATEHOUSE_TEST_FRONT_PORT: String(front.port),
    },
    breakDown() {
      broken = true;
    },
    open(door) {
      opened = doors[door];
      return () => (opened = undefined);
    },
    async close() {
      await front.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Guard and backend of the stack read the list of ended sign-ins of the stage `local`: once a sign-in is ended in the played
 * stage, hands its list on, and lets a minute go by.
 */
export async function handOnEndedSignIn({ outputs, clock }: Stack, stage: string): Promise<void> {
  const name = (of: string): string => `/gatehouse/${app.name}/${of}/revoked`;
  const written = await vi.waitFor(
    async () => {
      const answer = await callApi(outputs, "AmazonSSM.GetParameter", { Name: name(stage) });
      const { Value } = answer.json<{ Parameter: { Value: string } }>().Parameter;
      expect(Object.keys(JSON.parse(Value).users)).toHaveLength(1);
      return Value;
    },
    { timeout: 120_000, interval: 250 },
  );
  await putParameter(outputs, name("local"), written);
  clock.advance(61);
}

/** Writes what a deploy of the stage would have written to Parameter Store, to the stack's. */
export async function putStageParameters(
  outputs: Stack["outputs"],
  { parameters }: AccountState,
): Promise<void> {
  for (const [name, versions] of parameters)
    if (!name.endsWith("/outputs")) await putParameter(outputs, name, versions[0]?.Value ?? "");
}

async function putParameter(outputs: Stack["outputs"], Name: string, Value: string): Promise<void> {
  await call(outputs, "AmazonSSM.PutParameter", { Name, Value, Type: "String", Overwrite: true });
}

interface MachineClient {
  readonly ClientId: string;
  readonly ClientSecret: string;
}

/** Tags the pool, and makes a client for machines with the name that a deploy gives it, which the guard then knows. */
async function deployMachineClient(
  outputs: Stack["outputs"],
  stage: string,
): Promise<MachineClient> {
  const { userPoolId: UserPoolId, clients } = outputs;
  const cognito = "AWSCognitoIdentityProviderService";
  const { UserPool } = await call<{ UserPool: { Arn: string } }>(
    outputs,
    `${cognito}.DescribeUserPool`,
    { UserPoolId },
  );
  await call(outputs, `${cognito}.TagResource`, {
    ResourceArn: UserPool.Arn,
    Tags: { "sst:app": app.name, "sst:stage": stage },
  });
  const { UserPoolClient: local } = await call<{
    UserPoolClient: { AllowedOAuthScopes: string[] };
  }>(outputs, `${cognito}.DescribeUserPoolClient`, { UserPoolId, ClientId: clients.machine.id });
  const { UserPoolClient } = await call<{ UserPoolClient: MachineClient }>(
    outputs,
    `${cognito}.CreateUserPoolClient`,
    {
      UserPoolId,
      ClientName: `${app.name}-${stage}-machine`,
      GenerateSecret: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: local.AllowedOAuthScopes,
    },
  );
  await putParameter(
    outputs,
    `/gatehouse/${app.name}/local/clients/machine`,
    UserPoolClient.ClientId,
  );
  return UserPoolClient;
}

async function call<Answer>(
  outputs: Stack["outputs"],
  target: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const answer = await callApi(outputs, target, input);
  if (answer.status !== 200) throw new Error(`${target} was refused: ${answer.text()}`);
  return answer.json<Answer>();
}

function mapHeaders(
  raw: readonly string[],
  change: (name: string, value: string) => string,
): string[] {
  return raw.map((line, index) =>
    index % 2 === 0 ? line : change(raw[index - 1]?.toLowerCase() ?? "", line),
  );
}

/** Everybody in the stack's user pool, in the order of the names. */
export async function usernamesIn(outputs: Stack["outputs"]): Promise<readonly string[]> {
  const answer = await callApi(outputs, "AWSCognitoIdentityProviderService.ListUsers", {
    UserPoolId: outputs.userPoolId,
  });
  return answer
    .json<{ Users: { Username: string }[] }>()
    .Users.map(({ Username }) => Username)
    .toSorted();
}
