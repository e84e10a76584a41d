import {
  functionUrlEvent,
  lambdaContext,
  plainUser,
  readStreamed,
  runStreaming,
  streamingRuntime,
} from "@sst-gatehouse/backend/test/events";
import { defineAccess } from "@sst-gatehouse/core/access";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { protect as protectFetch } from "./fetch.ts";
import { type AppEnv, ownAuthorization as ofContext, protect as protectHono } from "./hono.ts";
import { ownAuthorization as ofEvent, protect as protectLambda } from "./lambda.ts";

const access = defineAccess({
  rules: { "/*": "signed-in", "/public/*": "anyone", "/admin/*": { groups: ["admin"] } },
});

beforeEach(() => {
  vi.stubEnv("GATEHOUSE_EDGE_ACCOUNT", "111122223333");
  vi.stubEnv("GATEHOUSE_EDGE_ROLE", "gatehouse-dev-guard");
  vi.stubEnv("GATEHOUSE_CORS_ORIGINS", "[]");
  vi.stubGlobal("awslambda", streamingRuntime);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type Handler = ReturnType<typeof protectFetch>;
type Event = Parameters<typeof functionUrlEvent>[0];

async function ask(handler: Handler, event: Event): Promise<{ status: number; json: unknown }> {
  const { metadata, body } = readStreamed(await runStreaming(handler, functionUrlEvent(event)));
  const { statusCode: status } = Object.assign({ statusCode: 0 }, metadata);
  return { status, json: JSON.parse(body.toString()) };
}

/** Both tell what they were given. */
const doors: [name: string, load: () => Handler][] = [
  [
    "a fetch app",
    () =>
      protectFetch(access, {
        fetch: async (request, env) =>
          Response.json({
            method: request.method,
            path: new URL(request.url).pathname,
            body: await request.text(),
            ...env,
          }),
      }),
  ],
  [
    "a Lambda handler",
    () =>
      protectLambda(access, async ({ requestContext, rawPath, body }) => ({
        method: requestContext.http.method,
        path: rawPath,
        body,
        ...requestContext.authorizer.lambda,
      })),
  ],
];

describe.each(doors)("%s", (_name, load) => {
  test("is given the request and who is calling", async () => {
    const event: Event = {
      method: "POST",
      path: "/orders/7",
      body: "two",
      caller: plainUser,
    };
    expect(await ask(load(), event)).toEqual({
      status: 200,
      json: {
        method: "POST",
        path: "/orders/7",
        body: "two",
        caller: plainUser,
        viewerAddress: expect.any(String),
      },
    });
  });

  test("is not asked by somebody who may not", async () => {
    const { status, json } = await ask(load(), { path: "/orders", caller: { kind: "anonymous" } });
    expect([status, json]).toMatchObject([403, { code: "access_denied" }]);
    const stranger = { path: "/admin/x", userArn: "arn:aws:iam::999999999999:user/eve" };
    expect((await ask(load(), stranger)).status).toBe(403);
  });

  test("answers whole where the stage does not stream", async () => {
    vi.stubEnv("GATEHOUSE_STREAMING", "off");
    const handler = load() as unknown as (event: object, context: object) => Promise<object>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the type names the streaming form only
    const answer = await handler(
      functionUrlEvent({ path: "/public/x", caller: { kind: "anonymous" } }),
      lambdaContext,
    );
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  });
});

test.each<[door: string, load: () => Handler]>([
  [
    "a Hono app",
    () =>
      protectHono(
        access,
        new Hono<AppEnv>().post("/public/x", (c) =>
          c.json({ own: ofContext(c), headers: c.req.header() }),
        ),
      ),
  ],
  [
    "a fetch app",
    () =>
      protectFetch(access, {
        fetch: (request, { ownAuthorization }) =>
          Response.json({ own: ownAuthorization(), headers: Object.fromEntries(request.headers) }),
      }),
  ],
  [
    "a Lambda handler",
    () => protectLambda(access, (event) => ({ own: ofEvent(event), headers: event.headers })),
  ],
])(
  "%s is told a sender's own Authorization when it asks, and not among the headers",
  async (_door, load) => {
    const event: Event = {
      method: "POST",
      path: "/public/x",
      headers: { "x-gatehouse-authorization": "Basic abc=" },
    };
    const { json } = await ask(load(), event);
    expect(json).toMatchObject({ own: "Basic abc=" });
    expect(JSON.stringify(Object(json).headers)).not.toContain("abc=");
  },
);
