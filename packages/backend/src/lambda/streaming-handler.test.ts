import { once } from "node:events";

import { getConnInfo } from "hono/aws-lambda";
import { csrf } from "hono/csrf";
import { ipRestriction } from "hono/ip-restriction";
import { trimTrailingSlash } from "hono/trailing-slash";
import { describe, expect, test } from "vitest";

import type { LogLine } from "../log.ts";
import { createProtectedApp } from "../protected-app.ts";
import { createAnswer, type AnswerEvent } from "./answer.ts";
import { createBufferedHandler } from "./buffered-handler.ts";
import { createStreamingHandler } from "./streaming-handler.ts";
import {
  functionUrlEvent,
  plainUser,
  readStreamed,
  ResponseStream,
  runStreaming,
  securityToken,
  settings,
  streamingRuntime,
  type EventOptions,
} from "../../test/events.ts";
import { sampleAccess } from "../../test/protected-app.ts";
import { createSampleApp } from "../../test/sample-app.ts";

const httpIntegrationResponse = "application/vnd.awslambda.http-integration-response";

/** The sample app, to which a test may add routes until it sends the first event. */
function createBackend({ neverEmpty = false } = {}) {
  const app = createSampleApp();
  const lines: LogLine[] = [];
  const answered: LogLine[] = [];
  const log = (line: LogLine) => void (line.level === "info" ? answered : lines).push(line);
  const answer: AnswerEvent = (event, context) => {
    const front = createProtectedApp(app, { access: sampleAccess, settings, log });
    return createAnswer(front, log, settings.edgeRole)(event, context);
  };
  const runtime = streamingRuntime;
  const handler = createStreamingHandler({ answer, log, runtime, neverEmpty });
  const invoke = (options: EventOptions, stream?: ResponseStream) =>
    runStreaming(handler, functionUrlEvent({ caller: plainUser, ...options }), stream);
  return { app, answer, lines, answered, invoke };
}

const privateHeaders = { "cache-control": "private, no-store", vary: "Origin" };

test("sends status and headers as the prelude, then the body", async () => {
  const streamed = await createBackend().invoke({ path: "/me" });
  expect(streamed).toMatchObject({
    contentType: httpIntegrationResponse,
    ended: true,
    failure: undefined,
  });
  const { metadata, body } = readStreamed(streamed);
  expect(metadata).toEqual({
    statusCode: 200,
    headers: { ...privateHeaders, "content-type": "application/json" },
    cookies: [],
  });
  expect(JSON.parse(body.toString())).toEqual(plainUser);
});

test("passes each chunk on before the next one is there", async () => {
  const { app, invoke } = createBackend();
  const stream = new ResponseStream();
  const chunks = ["one", "", "two"];
  const writtenWhenAsked: string[] = [];
  app.get("/slow", () => {
    const body = new ReadableStream({
      async pull(controller) {
        // Long enough for everything that could go out to have gone out.
        for (let round = 0; round < 20; round += 1) await new Promise(setImmediate);
        writtenWhenAsked.push(stream.writes.slice(2).join("|"));
        const chunk = chunks.shift();
        if (chunk === undefined) return controller.close();
        controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    return new Response(body);
  });
  await invoke({ path: "/slow" }, stream);
  expect(writtenWhenAsked).toEqual(["", "|one", "|one", "|one|two"]);
  expect(stream.writes.slice(2).map(String)).toEqual(["", "one", "two"]);
});

test("waits when the client reads slowly, and loses nothing", async () => {
  const stream = new ResponseStream();
  const options = { path: "/files/big", query: "bytes=5000000" };
  const streamed = await createBackend().invoke(options, stream);
  expect(readStreamed(streamed).body.length).toBe(5_000_000);
  expect(stream.mostWaiting).toBeLessThan(2 * 65_536);
});

test.each([false, true])(
  "stops the route when the stream is closed (while it waits: %s)",
  async (whileWaiting) => {
    const { app, lines, invoke } = createBackend();
    const stream = new ResponseStream();
    let pulled = 0;
    let cancelled = false;
    const body = () =>
      new ReadableStream({
        async pull(controller) {
          pulled += 1;
          if (pulled === 3) {
            const closed = once(stream, "close");
            setImmediate(() => stream.destroy());
            if (!whileWaiting) await closed;
          }
          // A large piece fills the stream, so that the handler waits for it to drain; a small one does not.
          controller.enqueue(new Uint8Array(whileWaiting ? 65_536 : 16));
        },
        cancel: () => void (cancelled = true),
      });
    app.get("/endless", () => new Response(body()));
    const streamed = await invoke({ path: "/endless" }, stream);
    expect(streamed.failure).toBeInstanceOf(Error);
    expect({ cancelled, few: pulled < 10 }).toEqual({ cancelled: true, few: true });
    expect(lines).toMatchObject([{ code: "body_failed" }]);
  },
);

const empty: [what: string, status: number, method: string][] = [
  ["204", 204, "GET"],
  ["304", 304, "GET"],
  ["HEAD", 200, "HEAD"],
  ["an empty text", 200, "GET"],
  ["a stream that ends at once", 200, "GET"],
];

test.each(empty)(
  "still sends status and headers when the body is empty: %s",
  async (what, status, method) => {
    const { app, invoke } = createBackend();
    const headers = { etag: '"1"' };
    app.get("/empty", (c) => {
      if (what === "an empty text") return c.text("", 200, headers);
      if (what === "a stream that ends at once")
        return new Response(new Blob([]).stream(), { headers });
      if (what === "HEAD") return c.text("not for HEAD", 200, headers);
      return new Response(null, { status, headers });
    });
    const streamed = await invoke({ path: "/empty", method });
    expect(streamed).toMatchObject({ contentType: httpIntegrationResponse, ended: true });
    const { metadata, body } = readStreamed(streamed);
    expect(metadata).toMatchObject({
      statusCode: status,
      headers: { ...privateHeaders, ...headers },
    });
    expect(body.length).toBe(0);
  },
);

const withoutBody: [what: string, response: () => Response, method: string, body: string][] = [
  ["HEAD", () => new Response("not for HEAD"), "HEAD", "\n"],
  ["204", () => new Response(null, { status: 204 }), "GET", "\n"],
  ["205", () => new Response(null, { status: 205 }), "GET", "\n"],
  ["304", () => new Response(null, { status: 304 }), "GET", "\n"],
  ["a redirect", () => new Response(null, { status: 302 }), "GET", "\n"],
  ["a refusal in plain text", () => inText("", 404), "GET", "\n"],
  ["a fault", () => new Response(null, { status: 503 }), "GET", "\n"],
  ["201 without a type", () => new Response(null, { status: 201 }), "POST", "\n"],
  ["JSON", () => typed("application/json"), "GET", "\n"],
  ["JSON of a kind", () => typed("application/vnd.x+json; charset=utf-8"), "GET", "\n"],
  ["a page", () => typed("text/html; charset=UTF-8"), "GET", "\n"],
  ["an event stream", () => typed("text/event-stream"), "GET", "\n"],
  ["an empty text", () => inText("", 200), "GET", ""],
  ["an empty file", () => typed("application/octet-stream"), "GET", ""],
  ["a type that begins like a page", () => typed("text/htmlx"), "GET", ""],
  ["a body", () => inText("x", 200), "GET", "x"],
];

test.each(withoutBody)(
  "where no stream may be empty, %s gets a line break exactly where no client minds",
  async (_what, respond, method, body) => {
    const { app, invoke } = createBackend({ neverEmpty: true });
    app.on(["GET", "POST"], "/empty", () => respond());
    const streamed = await invoke({ path: "/empty", method });
    expect(streamed).toMatchObject({ ended: true, failure: undefined });
    expect(readStreamed(streamed).body.toString()).toBe(body);
  },
);

function typed(type: string): Response {
  return new Response(null, { headers: { "content-type": type } });
}

function inText(content: string, status: number): Response {
  return new Response(content, { status, headers: { "content-type": "text/plain" } });
}

test("keeps every cookie apart", async () => {
  const { app, answer, invoke } = createBackend();
  const cookies = ["a=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT; Path=/", "b=2; HttpOnly"];
  app.get("/cookies", (c) => {
    for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
    return c.body(null, 204);
  });
  const { metadata } = readStreamed(await invoke({ path: "/cookies" }));
  expect(metadata).toEqual({ statusCode: 204, headers: privateHeaders, cookies });
  const buffered = await createBufferedHandler(answer)(
    functionUrlEvent({ path: "/cookies", caller: plainUser }),
  );
  expect(buffered).toEqual({
    statusCode: 204,
    headers: privateHeaders,
    cookies,
    body: "",
    isBase64Encoded: true,
  });
});

test("leaves framing to Lambda, and announces the length under a name that arrives", async () => {
  const { app, invoke } = createBackend();
  const headers = { "content-length": "2", "transfer-encoding": "chunked", connection: "close" };
  app.get("/framed", (c) => c.text("ok", 200, headers));
  for (const method of ["GET", "HEAD"]) {
    const { metadata } = readStreamed(await invoke({ path: "/framed", method }));
    expect(metadata).toEqual({
      statusCode: 200,
      headers: {
        ...privateHeaders,
        "content-type": "text/plain; charset=UTF-8",
        "x-gatehouse-content-length": "2",
      },
      cookies: [],
    });
  }
});

const unannounced: [why: string, headers: Record<string, string>][] = [
  ["the route says none", {}],
  ["the body is compressed", { "content-length": "2", "content-encoding": "gzip" }],
  ["it is no number", { "content-length": "2, 2" }],
  ["only the route's own header says it", { "x-gatehouse-content-length": "2" }],
];

test.each(unannounced)("announces no length where %s", async (_why, headers) => {
  const { app, invoke } = createBackend();
  app.get("/framed", (c) => c.text("ok", 200, headers));
  const { metadata } = readStreamed(await invoke({ path: "/framed" }));
  expect(JSON.stringify(metadata)).not.toContain("length");
});

test.each([
  ["none", false],
  ["identity", false],
  [" None ", false],
  ["gzip", true],
  ["br", true],
  ["none, gzip", true],
])("Content-Encoding %j goes on: %s", async (encoding, goesOn) => {
  const { app, invoke } = createBackend();
  const headers = { "content-length": "2", "content-encoding": encoding };
  app.get("/encoded", () => new Response("ok", { headers }));
  const { metadata } = readStreamed(await invoke({ path: "/encoded" }));
  const names = Object.keys(Object(metadata).headers);
  expect(names.filter((name) => /encoding|length/.test(name))).toEqual([
    goesOn ? "content-encoding" : "x-gatehouse-content-length",
  ]);
});

const secret = `secret ${securityToken}`;

function failing(after: string[]): ReadableStream {
  const chunks = after.map((text) => new TextEncoder().encode(text));
  return new ReadableStream({
    pull(controller) {
      const next = chunks.shift();
      if (next === undefined) throw new RangeError(secret);
      controller.enqueue(next);
    },
  });
}

const faults: [when: string, respond: () => Response][] = [
  [
    "in the route",
    () => {
      throw new RangeError(secret);
    },
  ],
  ["before the first byte of the body", () => new Response(failing([]))],
  ["after an empty piece only", () => new Response(failing([""]))],
];

test.each(faults)("answers 500 when something fails %s", async (_when, respond) => {
  const { app, lines, invoke } = createBackend();
  app.get("/boom", respond);
  const streamed = await invoke({ path: "/boom" });
  expect(streamed).toMatchObject({ ended: true, failure: undefined });
  const { metadata, body } = readStreamed(streamed);
  expect(metadata).toMatchObject({
    statusCode: 500,
    headers: { "content-type": "application/problem+json" },
  });
  expect(JSON.parse(body.toString())).toMatchObject({ code: "internal_error" });
  expect(lines).toMatchObject([{ level: "error", status: 500, error: "RangeError" }]);
  expect(JSON.stringify(lines) + String(Buffer.concat(streamed.writes))).not.toContain("secret");
});

test("answers 500 when a route throws what is no error", async () => {
  const { app, lines, invoke } = createBackend();
  app.get("/boom", () => {
    // oxlint-disable-next-line typescript/only-throw-error -- what foreign code may do
    throw secret;
  });
  const { metadata } = readStreamed(await invoke({ path: "/boom" }));
  expect(metadata).toMatchObject({ statusCode: 500 });
  expect(lines).toMatchObject([{ status: 500, error: "string" }]);
});

test("fails when the body fails in the middle, and names no cause to the runtime", async () => {
  const { app, lines, invoke } = createBackend();
  app.get("/boom", () => new Response(failing(["one", "two"])));
  const streamed = await invoke({ path: "/boom", query: "q=secret" });
  // The runtime ends the stream with its error trailers when the handler rejects. Ended by us, it would be no error to
  // Lambda; destroyed by us, it would kill the execution environment.
  expect(streamed).toMatchObject({ ended: false, destroyed: false });
  expect(streamed.failure).toEqual(
    new Error("the response body failed after its first bytes were sent"),
  );
  expect(streamed.failure).not.toHaveProperty("cause");
  expect(readStreamed(streamed).body.toString()).toBe("onetwo");
  expect(lines).toMatchObject([
    { level: "error", status: 200, code: "body_failed", error: "RangeError" },
  ]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

const halfway: [what: string, written: string[], seen: string][] = [
  ["between two events", ["data: 1\n\n"], "data: 1\n\nevent: error\ndata: ERROR\n\n"],
  [
    "within a line",
    ["data: 1\n\n", "data: ha"],
    "data: 1\n\ndata: ha\nevent: error\ndata: ERROR\n\n",
  ],
  ["behind a line", ["data: half\r"], "data: half\revent: error\ndata: ERROR\n\n"],
];

test.each(halfway)(
  "ends an event stream that fails %s with an error event, in which a half event goes under",
  async (_when, written, seen) => {
    const { app, lines, invoke } = createBackend();
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    app.get("/events", () => new Response(failing(written), { headers }));
    const streamed = await invoke({ path: "/events" });
    expect(streamed.failure).toBeInstanceOf(Error);
    const { requestId } = functionUrlEvent().requestContext;
    expect(readStreamed(streamed).body.toString()).toBe(
      seen.replace("ERROR", JSON.stringify({ code: "body_failed", requestId })),
    );
    expect(lines).toMatchObject([{ code: "body_failed", error: "RangeError" }]);
  },
);

test("shows the signer's session token to no route", async () => {
  const { app, invoke } = createBackend();
  app.get("/dump", (c) => c.json({ event: c.env.event, headers: c.req.header() }));
  for (const headers of [{}, { "X-Amz-Security-Token": securityToken }]) {
    const { body } = readStreamed(await invoke({ path: "/dump", headers }));
    expect(body.toString()).toContain("x-amz-date");
    expect(body.toString().toLowerCase()).not.toContain("x-amz-security-token");
    expect(body.toString()).not.toContain(securityToken);
  }
});

test("gives a route the request as it was sent", async () => {
  const { app, invoke } = createBackend();
  app.post("/form", async (c) =>
    c.json({
      url: c.req.url,
      cookie: c.req.header("cookie"),
      name: c.req.header("x-name"),
      body: await c.req.json(),
    }),
  );
  const { body } = readStreamed(
    await invoke({
      method: "POST",
      path: "/form",
      query: "a=1&a=2",
      cookies: ["a=1", "b=2"],
      headers: { "x-name": "Zoë" },
      body: new TextEncoder().encode('{"grüße":1}'),
    }),
  );
  const { domainName } = functionUrlEvent().requestContext;
  expect(JSON.parse(body.toString())).toEqual({
    url: `https://${domainName}/form?a=1&a=2`,
    cookie: "a=1; b=2",
    name: Buffer.from("Zoë").toString("latin1"),
    body: { grüße: 1 },
  });
});

test.each(["https://app.example.com", "http://app.localhost:3000"])(
  "gives a route the app's own address, %s, and none that a viewer has sent",
  async (origin) => {
    const { app, invoke } = createBackend();
    app.get("/slash/*", trimTrailingSlash({ alwaysRedirect: true }));
    app.get("/where", (c) =>
      c.json([c.req.url, c.req.header("x-forwarded-host"), c.req.header("host")]),
    );
    app.post("/form", csrf(), (c) => c.text("taken"));
    const told = async (options: EventOptions) =>
      readStreamed(await invoke({ origin, ...options }));
    expect(JSON.parse((await told({ path: "/where" })).body.toString())).toEqual([
      `${origin}/where`,
      new URL(origin).host,
      new URL(origin).host,
    ]);
    expect((await told({ path: "/slash/page/" })).metadata).toMatchObject({
      headers: { location: `${origin}/slash/page` },
    });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const posted = { method: "POST", path: "/form", body: "a=1" };
    const own = await told({ ...posted, headers: { ...form, origin } });
    expect(own.body.toString()).toBe("taken");
    const foreign = await told({ ...posted, headers: { ...form, origin: "https://evil.example" } });
    expect(foreign.metadata).toMatchObject({ statusCode: 403 });
  },
);

describe("Hono's own environment of Lambda", () => {
  const toldBy = async (options: EventOptions) => {
    const { app, invoke } = createBackend();
    app.get("/public/who", ipRestriction(getConnInfo, { allowList: ["203.0.113.0/24"] }), (c) => {
      const { event, requestContext, lambdaContext: context } = c.env;
      const same = event.requestContext === requestContext;
      return c.json([getConnInfo(c).remote.address, same, context?.functionName]);
    });
    const { metadata, body } = readStreamed(await invoke({ path: "/public/who", ...options }));
    return [Object(metadata).statusCode, body.toString()];
  };

  test("has the viewer's address, whatever the viewer says", async () => {
    const headers = { "x-forwarded-for": "198.51.100.1", "x-real-ip": "198.51.100.1" };
    expect(await toldBy({ headers })).toEqual([200, '["203.0.113.7",true,"api"]']);
  });

  test("has Lambda's own for a service that calls the Function URL, whatever it says", async () => {
    const userArn = "arn:aws:sts::111122223333:assumed-role/nightly/run";
    expect((await toldBy({ userArn, caller: plainUser }))[0]).toBe(403);
  });
});

test.each([
  "__Host-gatehouse-attempt.abc=x; Path=/; Secure; HttpOnly",
  "__host-Http-Gatehouse-access.1of1=x; Path=/; Secure",
  "  __Host-gatehouse-refresh=x; Secure; Path=/",
  "\t=__Host-gatehouse-access=x; Secure; Path=/",
])("sets none of the guard's cookies for an app, and says so: %j", async (foreign) => {
  const { app, invoke, lines } = createBackend();
  const own = ["theme=dark; Path=/", "__Host-cart=1; Secure; Path=/", "not=__Host-gatehouse-x"];
  app.get("/cookies", () => {
    const headers = new Headers(own.map((cookie): [string, string] => ["set-cookie", cookie]));
    headers.append("set-cookie", foreign);
    return new Response("answered", { headers });
  });
  const { metadata, body } = readStreamed(await invoke({ path: "/cookies" }));
  expect([metadata, body.toString()]).toEqual([
    expect.objectContaining({ cookies: own }),
    "answered",
  ]);
  expect(lines).toMatchObject([{ level: "warn", code: "guard_cookie" }]);
  expect(JSON.stringify(lines)).not.toContain("__Host");
});

test("takes a body with GET, which only the event can hold", async () => {
  const { body } = readStreamed(await createBackend().invoke({ path: "/echo", body: "four" }));
  expect(JSON.parse(body.toString())).toMatchObject({ method: "GET", body: { bytes: 4 } });
});

const unanswerable: [what: string, options: EventOptions, status: number, code: string][] = [
  ["TRACE", { method: "TRACE" }, 405, "method_not_allowed"],
  ["CONNECT", { method: "CONNECT" }, 405, "method_not_allowed"],
  ["a header with a line break", { headers: { "x-a": "b\r\nc: d" } }, 400, "header_malformed"],
  ["a header without a name", { headers: { "": "x" } }, 400, "header_malformed"],
];

test.each(unanswerable)(
  "refuses %s, which no Request can carry",
  async (_what, options, status, code) => {
    const streamed = await createBackend().invoke({ path: "/echo", ...options });
    const { metadata, body } = readStreamed(streamed);
    expect(metadata).toMatchObject({
      statusCode: status,
      headers: { "content-type": "application/problem+json" },
    });
    expect(JSON.parse(body.toString())).toMatchObject({ status, code });
  },
);

test("gives the same answer in one piece to a runtime that cannot stream", async () => {
  const { answer } = createBackend();
  const event = functionUrlEvent({
    path: "/files/a.bin",
    query: "bytes=100000",
    caller: plainUser,
  });
  const buffered = await createBufferedHandler(answer)(event);
  const streamed = readStreamed(
    await createBackend().invoke({ path: "/files/a.bin", query: "bytes=100000" }),
  );
  expect(Buffer.from(buffered.body, "base64").equals(streamed.body)).toBe(true);
  expect(streamed.metadata).toEqual({
    statusCode: buffered.statusCode,
    headers: buffered.headers,
    cookies: [],
  });
});

test("every answer leaves one line, with the ids that the guard's line has", async () => {
  const { app, answered, invoke } = createBackend();
  app.get("/public/x", (c) => c.text("x", 201));
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const headers = { "x-amz-cf-id": "abc-_==", traceparent };
  await invoke({ path: "/public/x", query: "secret=1", headers });
  await invoke({ path: "/public/nowhere", headers: { "x-amz-cf-id": "a b" } });
  const lambdaRequestId = functionUrlEvent().requestContext.requestId;
  const common = { level: "info", lambdaRequestId, method: "GET", ms: expect.any(Number) };
  expect(answered).toEqual([
    { ...common, requestId: "abc-_==", trace: traceparent.slice(3, 35), status: 201 },
    { ...common, requestId: lambdaRequestId, status: 404 },
  ]);
});

test("a caller that did not come through the guard names no request of CloudFront", async () => {
  const { answered, invoke } = createBackend();
  const userArn = "arn:aws:sts::111122223333:assumed-role/reports/nightly";
  await invoke({ path: "/public/x", userArn, headers: { "x-amz-cf-id": "abc" } });
  expect(answered).toMatchObject([{ requestId: functionUrlEvent().requestContext.requestId }]);
});
