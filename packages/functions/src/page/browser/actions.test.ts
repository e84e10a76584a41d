import { createHash } from "node:crypto";

import { createFetch } from "sst-gatehouse/client";
import { expect, test } from "vitest";

import { createActions } from "./actions.ts";

const requestId = { "x-amz-cf-id": "cf-1" };
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function problem(code: string): Response {
  const headers = { ...requestId, "content-type": "application/problem+json" };
  return Response.json({ code }, { status: 401, headers });
}

/** The buttons over the client, over answers that are given one after the other; `calls` is what went on the wire. */
function createTestActions(...answers: (Response | Promise<Response>)[]) {
  const calls: { method: string; path: string; headers: object; body: Uint8Array }[] = [];
  const shown = { summary: "", text: "", signIn: false };
  const platform: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, headers } = request;
    const path = new URL(request.url).pathname + new URL(request.url).search;
    calls.push({
      method,
      path,
      headers: Object.fromEntries(headers),
      body: await request.bytes(),
    });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return await answer;
  };
  const actions = createActions({
    fetch: createFetch({ origin: "https://app.example", fetch: platform }),
    view: {
      summarise: (text) => (shown.summary = text),
      clear: () => (shown.text = ""),
      append: (text) => (shown.text += text),
      offerSignIn: (offered) => (shown.signIn = offered),
    },
    sha256: async (file) => sha256(await file.bytes()),
  });
  return { actions, calls, shown, asked: () => calls.map((call) => `${call.method} ${call.path}`) };
}

test("shows the answer, its status and CloudFront's request id", async () => {
  const answer = Response.json({ kind: "user" }, { headers: requestId });
  const { actions, shown, asked } = createTestActions(answer);
  await actions.me();
  expect(asked()).toEqual(["GET /me"]);
  expect(shown).toEqual({
    summary: "GET /me: 200, request id cf-1",
    text: '{\n  "kind": "user"\n}',
    signIn: false,
  });
});

test("shows an answer that is not JSON, and has no request id, as it is", async () => {
  const { actions, shown } = createTestActions(new Response("<b>no</b>", { status: 502 }));
  await actions.me();
  expect(shown).toEqual({ summary: "GET /me: 502", text: "<b>no</b>", signIn: false });
});

test("posts JSON to the echo", async () => {
  const { actions, calls } = createTestActions(Response.json({}));
  await actions.echo();
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/echo",
      headers: { "content-type": "application/json" },
      body: new TextEncoder().encode('{"hello":"world"}'),
    },
  ]);
});

test("renews an expired session once, and sends the same again", async () => {
  const { actions, calls, shown, asked } = createTestActions(
    problem("token_expired"),
    new Response(null, { status: 204 }),
    Response.json({ done: true }),
  );
  await actions.echo();
  expect(asked()).toEqual(["POST /echo", "POST /.auth/refresh", "POST /echo"]);
  expect(calls[2]).toEqual(calls[0]);
  expect(shown).toEqual({
    summary: "POST /echo: 200",
    text: '{\n  "done": true\n}',
    signIn: false,
  });
});

const refused: [what: string, answers: () => Response[], asked: string[]][] = [
  ["nobody is signed in", () => [problem("token_missing")], ["GET /me"]],
  ["the token was revoked", () => [problem("token_revoked")], ["GET /me"]],
  [
    "the session cannot be renewed",
    () => [problem("token_expired"), problem("token_missing")],
    ["GET /me", "POST /.auth/refresh"],
  ],
  [
    "the renewed session has expired as well",
    () => [problem("token_expired"), new Response(null, { status: 204 }), problem("token_expired")],
    ["GET /me", "POST /.auth/refresh", "GET /me"],
  ],
];

test.each(refused)("offers sign-in when %s", async (_what, answers, expected) => {
  const { actions, shown, asked } = createTestActions(...answers());
  await actions.me();
  expect(asked()).toEqual(expected);
  expect(shown.summary).toBe("GET /me: 401, request id cf-1");
  expect(shown.signIn).toBe(true);
});

test("takes the offer back with the next call", async () => {
  const { actions, shown } = createTestActions(problem("token_missing"), Response.json({}));
  await actions.me();
  await actions.me();
  expect(shown.signIn).toBe(false);
});

test("shows events as they arrive", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const { actions, shown } = createTestActions(new Response(readable));
  const streaming = actions.stream();
  await writer.write(new TextEncoder().encode('data: {"number":1}\n\n'));
  await expect.poll(() => shown.text).toBe('{"number":1}\n');
  await writer.write(new TextEncoder().encode('data: {"number":2}\n\n'));
  await writer.close();
  await streaming;
  expect(shown).toEqual({
    summary: "GET /stream: 200",
    text: '{"number":1}\n{"number":2}\n',
    signIn: false,
  });
});

test("says that a stream broke off, and keeps what had arrived", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
    pull: (controller) => controller.error(new TypeError("terminated")),
  });
  const { actions, shown } = createTestActions(new Response(body));
  await actions.stream();
  expect(shown.summary).toBe("GET /stream: interrupted. Try again.");
  expect(shown.text).toBe("1\n");
});

test("shows why a stream was refused", async () => {
  const { actions, shown } = createTestActions(problem("token_missing"));
  await actions.stream();
  expect(shown.text).toBe('{\n  "code": "token_missing"\n}');
});

test("sends a file as it is, with its type and hash, and compares the hashes", async () => {
  // More than the guard sees of a body.
  const bytes = new Uint8Array(1_000_001).map((_, index) => index);
  const file = new Blob([bytes], { type: "image/png" });
  const { actions, calls, shown } = createTestActions(Response.json({ sha256: sha256(bytes) }));
  await actions.upload(file);
  expect(calls).toEqual([
    {
      method: "POST",
      path: "/files",
      headers: { "content-type": "image/png", "x-amz-content-sha256": sha256(bytes) },
      body: bytes,
    },
  ]);
  expect(shown.text).toContain("This browser computed the same SHA-256");
});

test("says so when the server measured another hash", async () => {
  const { actions, calls, shown } = createTestActions(Response.json({ sha256: "0".repeat(64) }));
  await actions.upload(new Blob(["x"]));
  expect(calls[0]?.headers).toMatchObject({ "content-type": "application/octet-stream" });
  expect(shown.text).toContain(
    `This browser computed a different SHA-256: ${sha256(new TextEncoder().encode("x"))}`,
  );
});

test("compares nothing when the upload was refused", async () => {
  const { actions, shown } = createTestActions(Response.json({}, { status: 413 }));
  await actions.upload(new Blob(["x"]));
  expect(shown).toEqual({ summary: "POST /files: 413", text: "{}", signIn: false });
});

test("says that a call did not arrive", async () => {
  const { actions, shown } = createTestActions();
  await actions.me();
  expect(shown.summary).toBe("GET /me: interrupted. Try again.");
});

test("keeps a late answer out of the one that was asked for after it", async () => {
  let arrive: (answer: Response) => void = () => {};
  const late = new Promise<Response>((resolve) => (arrive = resolve));
  const { actions, shown } = createTestActions(late, Response.json({ second: true }));
  const first = actions.me();
  await actions.echo();
  arrive(problem("token_missing"));
  await first;
  expect(shown).toEqual({
    summary: "POST /echo: 200",
    text: '{\n  "second": true\n}',
    signIn: false,
  });
});

test("renews once for a call and the one that took its place while it waited", async () => {
  let renew: (answer: Response) => void = () => {};
  const renewal = new Promise<Response>((resolve) => (renew = resolve));
  const { actions, shown, asked } = createTestActions(
    problem("token_expired"),
    renewal,
    problem("token_expired"),
    Response.json({ second: true }),
  );
  const first = actions.me();
  await expect.poll(asked).toContain("POST /.auth/refresh");
  const second = actions.echo();
  await expect.poll(asked).toContain("POST /echo");
  renew(new Response(null, { status: 204 }));
  await Promise.all([first, second]);
  expect(asked()).toEqual(["GET /me", "POST /.auth/refresh", "POST /echo", "POST /echo"]);
  expect(shown.summary).toBe("POST /echo: 200");
});
