import { makeCertificate } from "@sst-gatehouse/testkit/certificate";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import tls from "node:tls";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { type FormAnswer, postForm } from "./post-form.ts";

const fields = { grant_type: "refresh_token", refresh_token: "a.b+c/d=&é", client_id: "web" };
const maxBytes = 128 * 1024;

const { certPem, keyPem } = makeCertificate();
const trustedBefore = tls.getCACertificates("default");

let listener: RequestListener;
let requests: IncomingMessage[];
const server = https.createServer({ cert: certPem, key: keyPem }, (request, response) => {
  requests.push(request);
  listener(request, response);
});
let origin: string;

beforeAll(async () => {
  tls.setDefaultCACertificates([...trustedBefore, certPem]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  origin = `https://127.0.0.1:${address.port}`;
});
beforeEach(() => {
  requests = [];
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
});
afterAll(() => {
  tls.setDefaultCACertificates(trustedBefore);
  server.close();
});

const post = (): Promise<FormAnswer> =>
  postForm(`${origin}/oauth2/token`, fields, "Basic d2ViOng=");

test("posts the form once, exactly", async () => {
  let sent = "";
  const keep = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    sent = await text(request);
    response.end("{}");
  };
  listener = (request, response) => void keep(request, response);
  await post();

  expect(requests.map(({ method, url }) => [method, url])).toEqual([["POST", "/oauth2/token"]]);
  expect(sent).toBe("grant_type=refresh_token&refresh_token=a.b%2Bc%2Fd%3D%26%C3%A9&client_id=web");
  expect(requests[0]?.headers).toEqual({
    host: origin.slice("https://".length),
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(sent.length),
    accept: "application/json",
    authorization: "Basic d2ViOng=",
    connection: "close",
    "user-agent": "gatehouse",
  });
});

const answers: [what: string, status: number, body: string, parsed: unknown][] = [
  ["tokens", 200, '{"access_token":"a","n":[1]}', { access_token: "a", n: [1] }],
  ["a refusal", 400, '{"error":"invalid_grant"}', { error: "invalid_grant" }],
  ["a failure that explains itself in HTML", 503, "<html></html>", undefined],
  ["JSON that is cut off but ends as announced", 200, '{"access_token":"a', undefined],
  ["no body", 200, "", undefined],
  ["JSON that is no object", 200, "null", null],
];

test.each(answers)("takes %s", async (_what, status, body, parsed) => {
  listener = (_request, response) => response.writeHead(status).end(body);
  expect(await post()).toEqual({ status, body: parsed });
});

test.each([301, 302, 303, 307, 308])("follows no redirect: %i", async (status) => {
  listener = (_request, response) => response.writeHead(status, { location: "/elsewhere" }).end();
  expect(await post()).toEqual({ status, body: undefined });
  expect(requests.map(({ url }) => url)).toEqual(["/oauth2/token"]);
});

test("uses no connection twice", async () => {
  listener = (_request, response) => response.end("{}");
  await post();
  await post();
  expect(new Set(requests.map(({ socket }) => socket)).size).toBe(2);
});

test("takes an answer of 128 KB", async () => {
  const value = "x".repeat(maxBytes - 2);
  listener = (_request, response) => response.end(JSON.stringify(value));
  expect(await post()).toEqual({ status: 200, body: value });
});

test("refuses an answer over 128 KB before it is whole, and hangs up", async () => {
  let hungUp: Promise<unknown> | undefined;
  listener = (_request, response) => {
    hungUp = once(response, "close");
    response.write("x".repeat(maxBytes + 1));
  };
  await expect(post()).rejects.toThrow("the answer is too large");
  await hungUp;
});

const brokenOff: [where: string, listener: (response: ServerResponse) => void][] = [
  ["before the answer", (response) => response.destroy()],
  [
    "in the middle of an announced length",
    (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"access_token":"a"}', () => response.destroy());
    },
  ],
  [
    "before the last chunk",
    (response) => {
      response.write('{"access_token":"a"}', () => response.destroy());
    },
  ],
];

test.each(brokenOff)("rejects, and asks no second time, when cut off %s", async (_where, cut) => {
  listener = (_request, response) => cut(response);
  await expect(post()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(requests).toHaveLength(1);
});

const silent: [what: string, begin: (response: ServerResponse) => void][] = [
  ["never answers", () => {}],
  ["sends its answer byte by byte", (response) => response.write("{")],
];

test.each(silent)("waits five seconds for a server that %s", async (_what, begin) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let hungUp: Promise<unknown> | undefined;
  listener = (_request, response) => {
    hungUp = once(response, "close");
    begin(response);
  };
  const asked = once(server, "request");
  const outcome = post().then(
    () => "answered",
    () => "given up",
  );
  await asked;
  vi.advanceTimersByTime(4999);
  const state = (): Promise<string> => Promise.race([outcome, nextTurn().then(() => "waiting")]);
  expect(await state()).toBe("waiting");
  vi.advanceTimersByTime(1);
  expect(await outcome).toBe("given up");
  await hungUp;
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
});

test("leaves no timer behind after an answer", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  listener = (_request, response) => response.end("{}");
  await post();
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
});

test("refuses a server whose certificate nobody vouches for", async () => {
  tls.setDefaultCACertificates(trustedBefore);
  try {
    await expect(post()).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(requests).toEqual([]);
  } finally {
    tls.setDefaultCACertificates([...trustedBefore, certPem]);
  }
});

test("rejects when nobody listens", async () => {
  const nowhere = postForm("https://127.0.0.1:9/oauth2/token", fields, "Basic d2ViOng=");
  await expect(nowhere).rejects.toMatchObject({
    code: "ECONNREFUSED",
  });
});

/** After everything that is due by now, sockets included. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
