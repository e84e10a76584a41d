import { Hono } from "hono";
import { afterEach, beforeEach, expect, expectTypeOf, test, vi, type MockInstance } from "vitest";

import {
  functionUrlEvent,
  lambdaContext,
  plainUser,
  readStreamed,
  runStreaming,
  securityToken,
  streamingRuntime,
  type EventOptions,
} from "../../test/events.ts";
import { sampleAccess } from "../../test/protected-app.ts";
import { createSampleApp } from "../../test/sample-app.ts";
import type { Answer } from "./answer.ts";
import type { BufferedHandler } from "./buffered-handler.ts";
import type { StreamingHandler } from "./streaming-handler.ts";
import { protect, protectBuffered, protectHandler, type AppEnv, type Caller } from "./protect.ts";

const environment = {
  GATEHOUSE_EDGE_ACCOUNT: "111122223333",
  GATEHOUSE_EDGE_ROLE: "gatehouse-dev-guard",
  GATEHOUSE_CORS_ORIGINS: '["https://ok.example"]',
};

let logged: MockInstance<typeof process.stdout.write>;

beforeEach(() => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubGlobal("awslambda", streamingRuntime);
  logged = vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type Send = (options: EventOptions) => Promise<Sent>;
type Sent = Pick<Answer, "statusCode" | "headers"> & { readonly json: unknown };

function viaBuffered(handler: BufferedHandler): Send {
  return async (options) => {
    const { statusCode, headers, body } = await handler(functionUrlEvent(options), lambdaContext);
    return { statusCode, headers, json: JSON.parse(Buffer.from(body, "base64").toString()) };
  };
}

function viaStreaming(handler: StreamingHandler): Send {
  return async (options) => {
    const streamed = readStreamed(await runStreaming(handler, functionUrlEvent(options)));
    const json: unknown = JSON.parse(streamed.body.toString());
    return Object.assign({ statusCode: 0, headers: {} }, streamed.metadata, { json });
  };
}

/** Answers with everything that a route or a handler is given. */
const dumping = createSampleApp().get("/dump", (c) =>
  c.json({ ...c.env.event, caller: c.get("caller"), seen: c.req.header() }),
);
const dump = async (event: object): Promise<object> => event;

/** Each door, called as a module calls it while it loads. */
const doors: [name: string, load: () => Send][] = [
  ["protect", () => viaStreaming(protect(sampleAccess, dumping))],
  ["protectBuffered", () => viaBuffered(protectBuffered(sampleAccess, dumping))],
  ["protectHandler", () => viaBuffered(protectHandler(sampleAccess, dump))],
];

test.each(doors)("%s gives the app the caller, and no session token", async (_name, load) => {
  const headers = { origin: "https://ok.example" };
  const answer = await load()({ path: "/dump", caller: plainUser, headers });
  expect(answer).toMatchObject({
    statusCode: 200,
    headers: {
      "cache-control": "private, no-store",
      "access-control-allow-origin": "https://ok.example",
    },
    json: { rawPath: "/dump" },
  });
  const given = JSON.stringify(answer.json);
  expect(given).toContain(JSON.stringify(plainUser));
  expect(given).not.toContain(securityToken);
});

const refusals: [why: string, options: EventOptions, statusCode: number, code: string][] = [
  ["a caller whom the rules refuse", { path: "/admin/x", caller: plainUser }, 403, "access_denied"],
  ["a path with two readings", { path: "/%61dmin/x", caller: plainUser }, 400, "path_ambiguous"],
  ["an unsigned request", { path: "/dump", userArn: null }, 500, "settings_invalid"],
  ["a method that no app serves", { path: "/dump", method: "TRACE" }, 405, "method_not_allowed"],
];

test.each(doors.flatMap(([name, load]) => refusals.map((row) => [name, ...row, load] as const)))(
  "%s refuses %s with a problem and a line in the log",
  async (_name, _why, options, statusCode, code, load) => {
    const answer = await load()(options);
    expect(answer).toMatchObject({ statusCode, json: { status: statusCode, code } });
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(logged.mock.calls).toEqual([
      [expect.stringContaining(`"code":"${code}"`)],
      [expect.stringContaining(`"status":${statusCode},"ms":`)],
    ]);
  },
);

const missing = doors.flatMap(([name, load]) =>
  Object.keys(environment).map((setting) => [name, setting, load] as const),
);

test.each(missing)("%s does not load without %s, and says so", (_name, setting, load) => {
  vi.stubEnv(setting, undefined);
  expect(load).toThrow(`${setting} must be `);
});

test("protect writes a line to the log for a body that fails halfway", async () => {
  const app = createSampleApp().get("/half", () => {
    const pieces = [new Uint8Array([1]), undefined];
    const pull = (controller: ReadableStreamDefaultController): void => {
      const piece = pieces.shift();
      if (piece === undefined) throw new RangeError("secret");
      controller.enqueue(piece);
    };
    return new Response(new ReadableStream({ pull }));
  });
  const event = functionUrlEvent({ path: "/half", caller: plainUser });
  const { failure } = await runStreaming(protect(sampleAccess, app), event);
  expect(failure).toBeInstanceOf(Error);
  expect(logged.mock.calls).toEqual([
    [expect.stringContaining('"status":200,"ms":')],
    [expect.stringContaining('"code":"body_failed"')],
  ]);
});

test("says what to do where nothing can stream", () => {
  vi.stubGlobal("awslambda", undefined);
  expect(() => protect(sampleAccess, createSampleApp())).toThrow(/use protectBuffered\(\)\.$/);
  expect(protectBuffered(sampleAccess, createSampleApp())).toBeTypeOf("function");
});

test("protect gives its answers whole where the stage does not stream, with or without a runtime that can", async () => {
  vi.stubEnv("GATEHOUSE_STREAMING", "off");
  for (const runtime of [streamingRuntime, undefined]) {
    vi.stubGlobal("awslambda", runtime);
    const handler: (...given: never[]) => unknown = protect(sampleAccess, dumping);
    const event = functionUrlEvent({ path: "/dump", caller: plainUser });
    const result: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext]);
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  }
});

test.each([
  ["on", ""],
  ["never-empty", "\n"],
])("with streaming %s, protect sends %j in place of no body", async (streaming, body) => {
  vi.stubEnv("GATEHOUSE_STREAMING", streaming);
  const app = createSampleApp().get("/gone", (c) => c.body(null, 204));
  const event = functionUrlEvent({ path: "/gone", caller: plainUser });
  const streamed = await runStreaming(protect(sampleAccess, app), event);
  expect(readStreamed(streamed).body.toString()).toBe(body);
});

test("gives the caller its type", () => {
  new Hono<AppEnv>().get("/", (c) => {
    expectTypeOf(c.get("caller")).toEqualTypeOf<Caller>();
    expectTypeOf(c.var.viewerAddress).toEqualTypeOf<string | undefined>();
    return c.text(c.get("caller").kind);
  });
});
