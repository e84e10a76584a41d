import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyHandlerV2,
  Context as LambdaContext,
  LambdaFunctionURLHandlerWithIAMAuthorizer,
} from "aws-lambda";
import { Hono } from "hono";
import { expect, test } from "vitest";

import { createAnswer } from "../lambda/answer.ts";
import { answerError } from "../answer-error.ts";
import type { AppEnv } from "../app-env.ts";
import { createBufferedHandler } from "../lambda/buffered-handler.ts";
import {
  existingHandler,
  type ExistingHandler,
  type ExistingHandlerEvent,
} from "./existing-handler.ts";
import { visibleEvent } from "../function-url-event.ts";
import type { LogLine } from "../log.ts";
import { createStreamingHandler } from "../lambda/streaming-handler.ts";
import {
  adminUser,
  edgeArn,
  functionUrlEvent,
  lambdaContext,
  plainUser,
  readStreamed,
  runStreaming,
  settings,
  streamingRuntime,
  type EventOptions,
} from "../../test/events.ts";
import { protectedApp } from "../../test/protected-app.ts";
import { toRequest } from "../lambda/to-request.ts";

const routesTo = (handler: ExistingHandler): Hono<AppEnv> =>
  new Hono<AppEnv>().all("*", existingHandler(handler));

/** Calls an existing handler as a route of a protected app. */
async function call(handler: ExistingHandler, options: EventOptions = {}) {
  const { app, lines } = protectedApp(routesTo(handler));
  const event = visibleEvent(
    functionUrlEvent({ path: "/orders/7", caller: plainUser, ...options }),
    settings.edgeRole,
  );
  const response = await app.request(toRequest(event), undefined, { event, lambdaContext });
  return { response, event, lines };
}

/** What the handler was called with. */
async function received(options: EventOptions): Promise<ExistingHandlerEvent> {
  const seen: ExistingHandlerEvent[] = [];
  await call((event) => {
    seen.push(event);
    return null;
  }, options);
  const [event] = seen;
  if (event === undefined) throw new Error("the handler was not called");
  return event;
}

test("hands over the event as it came, with the caller where a Lambda authorizer's answer stands", async () => {
  const options: EventOptions = {
    method: "POST",
    path: "/orders/a%2Fb",
    query: "a=1&a=%2F2",
    cookies: ["s=1", "t=2"],
    headers: { "x-custom": "kept" },
    body: Uint8Array.from([0, 255, 10]),
  };
  const { event: original } = await call(() => null, options);
  const { requestContext } = original;
  expect(await received(options)).toEqual({
    ...original,
    rawPath: "/orders/a%2Fb",
    rawQueryString: "a=1&a=%2F2",
    cookies: ["s=1", "t=2"],
    body: "AP8K",
    isBase64Encoded: true,
    requestContext: {
      ...requestContext,
      http: { ...requestContext.http, sourceIp: "203.0.113.7" },
      authorizer: {
        ...requestContext.authorizer,
        lambda: { caller: plainUser, viewerAddress: "203.0.113.7" },
      },
    },
  });
  expect(requestContext.authorizer?.iam?.userArn).toBe(edgeArn);
  expect(requestContext.http.sourceIp).toBe("130.176.0.1");
});

test("names the app's own address where a handler behind a custom domain looks for it", async () => {
  const origin = "https://app.example.com";
  const { headers, requestContext } = await received({ origin });
  expect([headers["host"], headers["x-forwarded-host"], requestContext.domainName]).toEqual(
    Array(3).fill("app.example.com"),
  );
});

test("keeps the signer's session token from the handler", async () => {
  expect(Object.keys((await received({})).headers)).not.toContain("x-amz-security-token");
});

test("gives the Lambda context on", async () => {
  const seen: LambdaContext[] = [];
  await call((_event, context) => {
    seen.push(context);
    return null;
  });
  expect(seen).toEqual([lambdaContext]);
});

test("gets the Lambda context and sends the bytes through both adapters of the function", async () => {
  const seen: LambdaContext[] = [];
  const { app } = protectedApp(
    routesTo((_event, context) => {
      seen.push(context);
      return { statusCode: 200, body: "AP8K", isBase64Encoded: true, cookies: ["a=1", "b=2"] };
    }),
  );
  const answer = createAnswer(app, () => {}, settings.edgeRole);
  const event = functionUrlEvent({ path: "/orders/7", caller: plainUser });
  const buffered = await createBufferedHandler(answer)(event, lambdaContext);
  expect(buffered).toMatchObject({
    statusCode: 200,
    cookies: ["a=1", "b=2"],
    body: "AP8K",
    isBase64Encoded: true,
  });
  const streaming = createStreamingHandler({
    answer,
    log: () => {},
    runtime: streamingRuntime,
    neverEmpty: false,
  });
  const { body } = readStreamed(await runStreaming(streaming, event));
  expect([...body]).toEqual([0, 255, 10]);
  expect(seen.map(({ awsRequestId }) => awsRequestId)).toEqual([
    lambdaContext.awsRequestId,
    lambdaContext.awsRequestId,
  ]);
});

test("says anonymous where anybody may come", async () => {
  const event = await received({ path: "/public/x", caller: { kind: "anonymous" } });
  expect(event.requestContext.authorizer.lambda).toEqual({
    caller: { kind: "anonymous" },
    viewerAddress: "203.0.113.7",
  });
});

test("names a service by its signature and drops the caller header that it sent", async () => {
  const arn = "arn:aws:sts::111122223333:assumed-role/nightly/job";
  const event = await received({ userArn: arn, caller: adminUser });
  expect(event.requestContext.authorizer.lambda).toEqual({ caller: { kind: "service", arn } });
  expect(Object.keys(event.headers).filter((name) => name.startsWith("x-gatehouse"))).toEqual([]);
});

test("a wrapper that writes into its event changes nothing for anybody else", async () => {
  const { event } = await call((mine) => {
    mine.rawPath = "/elsewhere";
    mine.requestContext.requestId = "other";
    return null;
  });
  expect(event.rawPath).toBe("/orders/7");
  expect(event.requestContext.requestId).toBe("5f8e7d6c-0000-4000-8000-123456789abc");
});

const refused: [why: string, options: EventOptions, status: number][] = [
  ["an anonymous caller", { caller: { kind: "anonymous" } }, 403],
  ["a path whose rule asks for more", { path: "/admin/orders" }, 403],
  ["a path with two readings", { path: "/%61dmin/orders" }, 400],
  ["a request that nobody signed", { userArn: null }, 500],
];

test.each(refused)("does not call the handler for %s", async (_why, options, status) => {
  let calls = 0;
  const { response } = await call(() => (calls += 1), options);
  expect([response.status, calls]).toEqual([status, 0]);
});

test("answers with status, headers, cookies and bytes, private unless the handler says otherwise", async () => {
  const { response } = await call(
    async () => ({
      statusCode: 201,
      headers: { "content-type": "image/png", "x-total": 3 },
      cookies: ["a=1", "b=2"],
      body: "AP8K",
      isBase64Encoded: true,
    }),
    { method: "POST", headers: { origin: "https://ok.example" } },
  );
  expect(response.status).toBe(201);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/png",
    "x-total": "3",
    "cache-control": "private, no-store",
    "access-control-allow-origin": "https://ok.example",
  });
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.bytes()).toEqual(Uint8Array.from([0, 255, 10]));
  const cached = await call(() => ({
    statusCode: 200,
    headers: { "Cache-Control": "max-age=60" },
  }));
  expect(cached.response.headers.get("cache-control")).toBe("max-age=60");
});

test("answers HEAD without the body", async () => {
  const { response } = await call(() => ({ statusCode: 200, body: "x" }), { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

const faults: [what: string, handler: ExistingHandler, error: string][] = [
  [
    "a handler that throws",
    () => {
      throw new RangeError("secret");
    },
    "RangeError",
  ],
  ["a handler that rejects", () => Promise.reject(new RangeError("secret")), "RangeError"],
  [
    "a handler that answers by callback",
    (_event, _context, callback) => callback(),
    "UnusableResult: nothing",
  ],
  [
    "a result that cannot be sent",
    () => ({ statusCode: 200, headers: { "x-a": "secret\nsecret: secret" } }),
    "UnusableResult: headers",
  ],
];

test.each(faults)("says nothing of %s but to the log", async (_what, handler, error) => {
  const { response, lines } = await call(handler);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    code: "internal_error",
    requestId: "5f8e7d6c-0000-4000-8000-123456789abc",
  });
  expect(lines).toEqual([expect.objectContaining({ status: 500, error })]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test("calls nobody where caller() does not stand before it", async () => {
  const lines: LogLine[] = [];
  const app = new Hono<AppEnv>();
  app.onError((error, c) => answerError(error, c.env.event, (line) => lines.push(line)));
  let calls = 0;
  app.all(
    "*",
    existingHandler(() => (calls += 1)),
  );
  const event = functionUrlEvent({ caller: adminUser });
  const response = await app.request(toRequest(event), undefined, { event, lambdaContext });
  expect([response.status, calls, lines.length]).toEqual([500, 0, 1]);
});

test("calls nobody with an event in another format", async () => {
  let calls = 0;
  const { app } = protectedApp(routesTo(() => (calls += 1)));
  const event = { ...functionUrlEvent({ path: "/orders/7", caller: plainUser }), version: "1.0" };
  const response = await app.request(toRequest(event), undefined, { event, lambdaContext });
  expect([response.status, calls]).toEqual([500, 0]);
});

test("refuses a handler that writes to a response stream, while the module loads", () => {
  const streaming = Object.assign(() => null, {
    // As awslambda.streamifyResponse marks it.
    [Symbol.for("aws.lambda.runtime.handler.streaming")]: "response",
  });
  expect(() => existingHandler(streaming)).toThrow(TypeError);
});

test("takes the types that handlers are written with, and not one that waits for a JWT authorizer", () => {
  const httpApi: APIGatewayProxyHandlerV2 = async () => ({ statusCode: 200 });
  const functionUrl: LambdaFunctionURLHandlerWithIAMAuthorizer = async () => "x";
  const wrapped = async (_event: object, _context: object): Promise<object> => ({});
  for (const handler of [httpApi, functionUrl, wrapped])
    expect(existingHandler(handler)).toBeTypeOf("function");
  const jwt = async (event: APIGatewayProxyEventV2WithJWTAuthorizer) =>
    event.requestContext.authorizer.jwt.claims["sub"];
  // @ts-expect-error: there are no claims of a JWT authorizer here; the caller is at `authorizer.lambda`.
  existingHandler(jwt);
});
