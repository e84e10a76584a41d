import { randomBytes } from "node:crypto";

import { expect, onTestFinished, test, vi } from "vitest";

import { createFetch, ProblemError } from "./create-fetch.ts";
import { expired, problem, sha256, startApp, type Answer, type Received } from "../test/client.ts";

/** An app whose session is over until it was renewed; `/.auth/refresh` answers as told. */
function startExpired(refreshed: Answer | Promise<Answer> = { status: 204 }) {
  let renewed = false;
  return startApp(async ({ path }) => {
    if (path !== "/.auth/refresh") return renewed ? { body: "done" } : expired;
    const answer = await refreshed;
    renewed = (answer.status ?? 200) < 300;
    return answer;
  });
}

/** Quicker to compare than the bytes. */
const outline = (received: Received | undefined) =>
  received && { ...received, body: sha256(received.body) };
const asked = (received: readonly Received[]) =>
  received.map(({ method, path }) => `${method} ${path}`);
const authorizations = (received: readonly Received[]) =>
  received.map(({ headers }) => headers.authorization);

test("adds nothing to a call that needs nothing, and hands the answer over as it is", async () => {
  const { origin, received } = await startApp(() => ({
    status: 404,
    headers: { "x-answer": "1" },
    body: "text",
  }));
  const direct = await fetch(`${origin}/me?a=1`, { headers: { accept: "a/b" } });
  const answer = await createFetch({ origin })(`${origin}/me?a=1`, { headers: { accept: "a/b" } });
  expect(received[1]).toEqual(received[0]);
  expect([answer.status, answer.url, answer.headers.get("x-answer")]).toEqual([
    404,
    direct.url,
    "1",
  ]);
  expect(await answer.text()).toBe("text");
});

const inputs: [what: string, input: (origin: string) => string | URL | Request][] = [
  ["a string", (origin) => `${origin}/me`],
  ["a URL", (origin) => new URL("/me", origin)],
  ["a Request", (origin) => new Request(`${origin}/me`)],
  ["a path, outside a page", () => "/me"],
];

test.each(inputs)("takes %s, and sends the token along", async (_what, input) => {
  const { origin, received } = await startApp();
  await createFetch({ origin, token: async () => "a.b-c_d" })(input(origin));
  expect(asked(received)).toEqual(["GET /me"]);
  expect(authorizations(received)).toEqual(["Bearer a.b-c_d"]);
});

test("asks for the token with every call", async () => {
  const { origin, received } = await startApp();
  const tokens = ["one", "two"];
  const call = createFetch({ origin, token: () => tokens.shift() ?? "" });
  await call("/a");
  await call("/b");
  expect(authorizations(received)).toEqual(["Bearer one", "Bearer two"]);
});

test.each(["", "se cret", "secret\n", "secret\r\nx-evil: 1", "sécret"])(
  "does not send %j as a token, and does not repeat it in the error",
  async (token) => {
    const { origin, received } = await startApp();
    const call = createFetch({ origin, token: () => token })("/me");
    await expect(call).rejects.toThrow(new TypeError("token() did not return a bearer token"));
    expect(received).toEqual([]);
  },
);

test("leaves an Authorization of the caller's alone, and neither refreshes nor repeats", async () => {
  const { origin, received } = await startExpired();
  const refresh = vi.fn<() => boolean>(() => true);
  const headers = { authorization: "Basic own" };
  for (const options of [{}, { token: () => "t", refresh }]) {
    expect((await createFetch({ origin, ...options })("/me", { headers })).status).toBe(401);
  }
  expect(authorizations(received)).toEqual(["Basic own", "Basic own"]);
  expect(refresh).not.toHaveBeenCalled();
});

test("passes a call to another origin through untouched", async () => {
  const app = await startApp();
  const other = await startApp(() => expired);
  const platform = vi.fn<typeof fetch>(globalThis.fetch);
  const call = createFetch({
    origin: app.origin,
    token: () => "secret",
    throwProblems: true,
    fetch: platform,
  });
  const init = { method: "DELETE", body: "x" };
  expect((await call(`${other.origin}/files`, init)).status).toBe(401);
  expect(platform.mock.calls).toEqual([[`${other.origin}/files`, init]]);
  expect(platform.mock.calls[0]?.[1]).toBe(init);
  const [sent] = other.received;
  expect(sent?.headers).not.toHaveProperty("authorization");
  expect(sent?.headers).not.toHaveProperty("x-amz-content-sha256");
  expect(app.received).toEqual([]);
});

const otherOrigins: [why: string, url: string][] = [
  ["another port", "https://app.example:444/"],
  ["another scheme", "http://app.example/"],
  ["a longer name", "https://app.example.evil/"],
  ["a name below", "https://www.app.example/"],
  ["the app as a username", "https://app.example@evil.example/"],
  ["no scheme", "//evil.example/"],
  ["a backslash", "/\\evil.example/"],
];

test.each(otherOrigins)("takes %s for another origin", async (_why, url) => {
  const platform = vi.fn<typeof fetch>(async () => new Response());
  const call = createFetch({
    origin: "https://app.example",
    token: () => "secret",
    fetch: platform,
  });
  await call(url);
  expect(platform.mock.calls).toEqual([[url, undefined]]);
});

test("sends no token after a redirect to another origin", async () => {
  const other = await startApp();
  const { origin, received } = await startApp(() => ({
    status: 307,
    headers: { location: `${other.origin}/there` },
  }));
  await createFetch({ origin, token: () => "secret" })("/here");
  expect(authorizations(received)).toEqual(["Bearer secret"]);
  expect(asked(other.received)).toEqual(["GET /there"]);
  expect(authorizations(other.received)).toEqual([undefined]);
});

test("renews an expired session by its cookies and repeats the call", async () => {
  const { origin, received } = await startExpired();
  const answer = await createFetch({ origin })("/me");
  expect(await answer.text()).toBe("done");
  expect(asked(received)).toEqual(["GET /me", "POST /.auth/refresh", "GET /me"]);
  expect(received[1]?.body).toHaveLength(0);
});

test("gets another token and repeats the call with it", async () => {
  const { origin, received } = await startApp(({ headers }) =>
    headers.authorization === "Bearer new" ? { body: "done" } : expired,
  );
  let token = "old";
  const refresh = async (): Promise<boolean> => ((token = "new"), true);
  const answer = await createFetch({ origin, token: () => token, refresh })("/me");
  expect(await answer.text()).toBe("done");
  expect(authorizations(received)).toEqual(["Bearer old", "Bearer new"]);
});

const large = new Uint8Array(randomBytes(1_500_000));
const replayed: [what: string, init: () => RequestInit, bytes: Uint8Array][] = [
  ["a string", () => ({ body: "grüße" }), Buffer.from("grüße")],
  ["an empty string", () => ({ body: "" }), Buffer.alloc(0)],
  ["a large Blob", () => ({ body: new Blob([large]) }), large],
  ["a stream", () => ({ body: new Blob([large]).stream() }), large],
  ["the body of a DELETE", () => ({ method: "DELETE", body: "x" }), Buffer.from("x")],
];

test.each(replayed)("repeats %s byte for byte", async (_what, init, bytes) => {
  const { origin, received } = await startExpired();
  await createFetch({ origin })("/files", { method: "POST", ...init() });
  const [first, , second] = received;
  expect(received).toHaveLength(3);
  expect(first?.body.equals(bytes)).toBe(true);
  expect(outline(second)).toEqual(outline(first));
});

test("repeats a form with the boundary it had", async () => {
  const { origin, received } = await startExpired();
  const form = new FormData();
  form.append("file", new Blob([large]), "a.bin");
  await createFetch({ origin })("/files", { method: "POST", body: form });
  const [first, , second] = received;
  expect(first?.headers["x-amz-content-sha256"]).toBe(sha256(first?.body ?? ""));
  expect(outline(second)).toEqual(outline(first));
});

test("repeats a Request whose body was a stream", async () => {
  const { origin, received } = await startExpired();
  await createFetch({ origin })(new Request(`${origin}/a`, { method: "PUT", body: "own" }));
  expect(received.map(({ body }) => body.toString())).toEqual(["own", "", "own"]);
});

test("never repeats a call twice, and hands the last refusal over whole", async () => {
  const { origin, received } = await startApp(({ path }) =>
    path === "/.auth/refresh" ? { status: 204 } : expired,
  );
  const answer = await createFetch({ origin })("/me");
  expect(asked(received)).toEqual(["GET /me", "POST /.auth/refresh", "GET /me"]);
  expect(await answer.json()).toEqual({ code: "token_expired" });
});

const finalAnswers: [why: string, answer: Answer][] = [
  ["another code", problem(401, { code: "token_revoked" })],
  ["no code", problem(401, {})],
  ["another type", { status: 401, body: '{"code":"token_expired"}' }],
  ["another status", problem(403, { code: "token_expired" })],
  ["broken JSON", { ...expired, body: "{" }],
];

test.each(finalAnswers)("does not refresh after a refusal with %s", async (_why, refusal) => {
  const { origin, received } = await startApp(() => refusal);
  const answer = await createFetch({ origin })("/me");
  expect(asked(received)).toEqual(["GET /me"]);
  expect([answer.status, await answer.text()]).toEqual([refusal.status, refusal.body]);
});

test("hands the 401 over, still to be read, when the session cannot be renewed", async () => {
  const { origin, received } = await startExpired(problem(401, { code: "token_missing" }));
  const answer = await createFetch({ origin })("/me");
  expect(asked(received)).toEqual(["GET /me", "POST /.auth/refresh"]);
  expect(await answer.json()).toEqual({ code: "token_expired" });
});

test.each([undefined, () => false])(
  "hands the 401 over when there is no other token",
  async (refresh) => {
    const { origin, received } = await startExpired();
    const options = refresh === undefined ? {} : { refresh };
    const answer = await createFetch({ origin, token: () => "t", ...options })("/me");
    expect([answer.status, asked(received)]).toEqual([401, ["GET /me"]]);
  },
);

test("rejects as `refresh` does", async () => {
  const { origin } = await startExpired();
  const refresh = () => Promise.reject(new Error("sign-in is away"));
  const call = createFetch({ origin, token: () => "t", refresh })("/me");
  await expect(call).rejects.toThrow("sign-in is away");
});

test("does not refresh because of the refresh itself", async () => {
  const { origin, received } = await startExpired(expired);
  const answer = await createFetch({ origin })("/.auth/refresh", { method: "POST" });
  expect([answer.status, asked(received)]).toEqual([401, ["POST /.auth/refresh"]]);
});

test("takes a HEAD's 401, which cannot say why, for an expired session", async () => {
  const { origin, received } = await startExpired();
  expect((await createFetch({ origin })("/me", { method: "HEAD" })).status).toBe(200);
  expect(asked(received)).toEqual(["HEAD /me", "POST /.auth/refresh", "HEAD /me"]);
});

test("renews once for all calls that wait, and again when it is over again", async () => {
  let isOver = true;
  const { origin, received } = await startApp(({ path }) => {
    if (path !== "/.auth/refresh") return isOver ? expired : {};
    isOver = false;
    return { status: 204 };
  });
  const call = createFetch({ origin });
  const refreshes = () => asked(received).filter((one) => one === "POST /.auth/refresh").length;
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call(`/${index}`)));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(refreshes()).toBe(1);
  isOver = true;
  expect((await call("/later")).status).toBe(200);
  expect(refreshes()).toBe(2);
});

test("does not renew for a call whose refusal comes after a renewal", async () => {
  let refuse = (): void => {};
  const late = new Promise<void>((resolve) => (refuse = resolve));
  let isOver = true;
  let lateCalls = 0;
  const { origin, received } = await startApp(async ({ path }) => {
    if (path === "/.auth/refresh") isOver = false;
    if (path !== "/late" || (lateCalls += 1) > 1) return isOver ? expired : {};
    await late;
    return expired;
  });
  const call = createFetch({ origin });
  const slow = call("/late");
  await expect.poll(() => asked(received)).toEqual(["GET /late"]);
  await call("/quick");
  refuse();
  expect((await slow).status).toBe(200);
  expect(asked(received).slice(1)).toEqual([
    "GET /quick",
    "POST /.auth/refresh",
    "GET /quick",
    "GET /late",
  ]);
});

test("tries to renew again after a failure", async () => {
  const answers = [{ status: 503 }, { status: 204 }];
  const { origin } = await startApp(({ path }) =>
    path === "/.auth/refresh" ? (answers.shift() ?? {}) : answers.length > 0 ? expired : {},
  );
  const call = createFetch({ origin });
  expect((await call("/me")).status).toBe(401);
  expect((await call("/me")).status).toBe(200);
});

test("leaves a call that is aborted while it waits, and lets the others wait on", async () => {
  let finish: (answer: Answer) => void = () => {};
  const { origin, received } = await startExpired(new Promise((resolve) => (finish = resolve)));
  const controller = new AbortController();
  const call = createFetch({ origin });
  const left = call("/left", { signal: controller.signal });
  const stays = call("/stays");
  await expect.poll(() => asked(received)).toContain("POST /.auth/refresh");
  controller.abort(new Error("enough"));
  await expect(left).rejects.toThrow("enough");
  finish({ status: 204 });
  expect((await stays).status).toBe(200);
  expect(asked(received).filter((one) => one === "GET /left")).toHaveLength(1);
});

test("sends nothing for a signal that has aborted, or while it waits for the token", async () => {
  const { origin, received } = await startApp();
  const signal = AbortSignal.abort();
  const gone = createFetch({ origin, token: () => "t" })("/me", { signal });
  await expect(gone).rejects.toMatchObject({ name: "AbortError" });
  const controller = new AbortController();
  const token = () => new Promise<string>(() => controller.abort());
  const waits = createFetch({ origin, token })("/me", { signal: controller.signal });
  await expect(waits).rejects.toMatchObject({ name: "AbortError" });
  expect(received).toEqual([]);
});

test("lets a Request's own signal abort the answer", async () => {
  const { origin } = await startApp(() => new Promise(() => {}));
  const controller = new AbortController();
  const init = { method: "POST", body: "x", signal: controller.signal };
  const call = createFetch({ origin })(new Request(origin, init));
  setImmediate(() => controller.abort());
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
});

test("rejects with the problem when asked to, after the second try", async () => {
  const refusal = { code: "access_denied", detail: "This needs one of the groups admin." };
  const { origin } = await startApp(() => problem(403, { ...refusal, requestId: "cf-1" }));
  const call = createFetch({ origin, throwProblems: true })("/admin");
  await expect(call).rejects.toBeInstanceOf(ProblemError);
  await expect(call).rejects.toMatchObject({ ...refusal, status: 403, requestId: "cf-1" });
  const renewed = await startExpired();
  const answer = await createFetch({ origin: renewed.origin, throwProblems: true })("/me");
  expect(await answer.text()).toBe("done");
});

test("resolves with errors that are no problems, also when problems are thrown", async () => {
  const { origin } = await startApp(() => ({ status: 502, body: "<html>" }));
  expect((await createFetch({ origin, throwProblems: true })("/me")).status).toBe(502);
});

test("is of the page's own origin when none is given, and reads paths from the page's address", async () => {
  const platform = vi.fn<typeof fetch>(async () => new Response());
  vi.stubGlobal("location", { origin: "https://app.example", href: "https://app.example/a/b" });
  onTestFinished(() => void vi.unstubAllGlobals());
  await createFetch({ token: () => "t", fetch: platform })("c");
  const sent = platform.mock.calls[0]?.[0];
  if (!(sent instanceof Request)) throw new TypeError("not a request");
  expect(sent.url).toBe("https://app.example/a/c");
  expect(sent.headers.get("authorization")).toBe("Bearer t");
});

test.each([undefined, "", "null", "app.example", "https://app.example/", "https://app.example/a"])(
  "does not begin with the origin %j",
  (origin) => {
    expect(() => createFetch(origin === undefined ? {} : { origin })).toThrow(TypeError);
  },
);
