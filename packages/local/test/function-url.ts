import { createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";

import type { Clock } from "../src/aws/clock.ts";
import { createIdentities } from "../src/aws/iam/identities.ts";
import type { Invocation, InvocationIds } from "../src/aws/lambda/invocation.ts";
import { signRequest } from "./sign-request.ts";
import type { SignOptions } from "./sign-request.ts";
import type { SignedRequest } from "../src/aws/sigv4/signed-request.ts";
import { createFunctionUrl } from "../src/aws/function-url/function-url.ts";
import type { FunctionUrlOptions } from "../src/aws/function-url/function-url.ts";

export const urlHost = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws";
export const accountId = "111122223333";
export const functionArn = `arn:aws:lambda:eu-west-3:${accountId}:function:api`;
export const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
export const datetime = "20261122T120000Z";

export const rolePolicy = edgeRolePolicy({
  functionArns: [functionArn],
  parameterPrefixArn: `arn:aws:ssm:eu-west-3:${accountId}:parameter/gatehouse/app/dev`,
  logGroupArn: `arn:aws:logs:*:${accountId}:log-group:/gatehouse/app/dev/guard`,
});
export const identities = createIdentities(accountId);
export const edge = identities.assumeRole("app-dev-guard", "us-east-1.guard", [rolePolicy]);

/** A request to the URL with the guard's credentials, unless told otherwise. */
export function signedFor(options: Partial<SignOptions> = {}): SignedRequest {
  return signRequest({
    credentials: edge,
    host: urlHost,
    datetime,
    region: "eu-west-3",
    service: "lambda",
    ...options,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface TestServer {
  readonly port: number;
  /** What `explain` was told: the reason, then the details. */
  readonly explained: string[][];
  /** The events that the function was invoked with. */
  readonly events: unknown[];
  /** What each of these invocations was to be known by. */
  readonly ids: InvocationIds[];
  /** Sends a request exactly as it is. Rejects when the answer breaks off. */
  send(request: SignedRequest): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * A Function URL on a free loopback port, with a function that is whatever `invoke` says.
 *
 * @param onHandled told of every request, with the promise that it has been dealt with.
 */
export async function startTestServer(
  invoke: Invocation | FunctionUrlOptions["invoke"],
  options: Partial<FunctionUrlOptions> = {},
  onHandled: (handled: Promise<void>, request: IncomingMessage) => void = () => {},
): Promise<TestServer> {
  const explained: string[][] = [];
  const events: unknown[] = [];
  const ids: InvocationIds[] = [];
  const clock: Clock = { now: () => nowMs, offsetMs: 0, advance: () => {} };
  const functionUrl = createFunctionUrl({
    host: urlHost,
    region: "eu-west-3",
    accountId,
    functionArn,
    invokeMode: "BUFFERED",
    identities,
    clock,
    explain: (from, reason, details) => explained.push([`${from}: ${reason}`, ...(details ?? [])]),
    invoke: async (event, given) => {
      events.push(event);
      ids.push(given);
      return typeof invoke === "function" ? invoke(event, given) : invoke;
    },
    ...options,
  });
  // Room for heads that the Function URL itself has to refuse.
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) =>
    onHandled(functionUrl.handle(request, response), request),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { port } = address;
  return {
    port,
    explained,
    events,
    ids,
    send: (request) => send(port, request),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A result as the runtime client posts it. */
export function result(value: unknown): Invocation {
  return { kind: "response", requestId: "request-1", payload: Buffer.from(JSON.stringify(value)) };
}

function send(port: number, { method, target, headers, body }: SignedRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method,
      path: target,
      setHost: false,
      headers: [...headers, ["content-length", String(body.length)]].flat(),
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0, headers: answered, rawHeaders } = response;
        resolve({ status: statusCode, headers: answered, rawHeaders, body: Buffer.concat(chunks) });
      });
    });
    request.end(body);
  });
}
