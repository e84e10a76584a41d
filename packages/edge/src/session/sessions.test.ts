import { createHash } from "node:crypto";

import { pageStyle } from "@sst-gatehouse/blueprint/page";
import { fromCallerHeader } from "@sst-gatehouse/core/caller";
import { describe, expect, test } from "vitest";

import { type EventParts, guardSettings } from "../../test/events.ts";
import {
  appOrigin,
  createBench,
  ended,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  type Outcome,
  sessionCookie,
} from "../../test/test-browser.ts";

const callerIn = (headers: Outcome["headers"]) =>
  fromCallerHeader(headers["x-gatehouse-caller"] ?? []).caller;

const own = { ...fetched, origin: appOrigin };

describe("what reaches the backend", () => {
  test("is the caller, and never the session", async () => {
    const bench = createBench({ ...guardSettings, forwardToken: true });
    const session = await bench.signIn();
    const headers = { ...fetched, cookie: [`a=1; ${sessionCookie(session)}`, "b=2"] };
    const { forwarded, headers: sent } = await bench.send({ uri: "/x", headers });
    expect(sent["cookie"]).toEqual(["a=1; b=2"]);
    expect(callerIn(sent)).toMatchObject({
      kind: "user",
      sub: "alice",
    });
    expect(sent["x-gatehouse-token"]).toBeUndefined();
    const whole = JSON.stringify(forwarded);
    for (const secret of [session.accessToken, session.refreshToken, "__Host-"])
      expect(whole).not.toContain(secret);
  });

  test("is the bearer token where the stage has it so, and not the session beside it", async () => {
    const bench = createBench({ ...guardSettings, forwardToken: true });
    const session = await bench.signIn();
    const bearer = bench.cognito.accessToken({ sub: "bob" });
    const { forwarded, headers: sent } = await bench.send({
      uri: "/x",
      headers: { ...fetched, authorization: `Bearer ${bearer}`, cookie: sessionCookie(session) },
    });
    expect(sent["x-gatehouse-token"]).toEqual([bearer]);
    expect(sent["cookie"]).toBeUndefined();
    expect(JSON.stringify(forwarded)).not.toContain(session.accessToken);
  });

  test.each([
    ["expired", (bench: ReturnType<typeof createBench>) => bench.clock.advance(3601)],
    ["ended", (bench: ReturnType<typeof createBench>) => bench.revoked.add("alice")],
  ])("on a public path is nobody, where the session is %s", async (_what, spoil) => {
    const bench = createBench();
    const cookie = sessionCookie(await bench.signIn());
    spoil(bench);
    const { headers } = await bench.send({ uri: "/public/x", headers: { accept: "*/*", cookie } });
    expect(callerIn(headers)).toEqual({
      kind: "anonymous",
    });
    expect(headers["cookie"]).toBeUndefined();
  });

  test.each([
    ["another site's script", { ...fetched, "sec-fetch-site": "cross-site" }],
    [
      "another site's image",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    ],
    [
      "a frame on a sibling",
      { ...followed, "sec-fetch-site": "same-site", "sec-fetch-dest": "iframe" },
    ],
  ])("on a public path is nobody for %s", async (_what, headers) => {
    const bench = createBench();
    const cookie = sessionCookie(await bench.signIn());
    const answer = await bench.send({ uri: "/public/x", headers: { ...headers, cookie } });
    expect(callerIn(answer.headers)).toEqual({
      kind: "anonymous",
    });
    expect(answer.headers["cookie"]).toBeUndefined();
    const inside = await bench.send({ uri: "/x", headers: { ...headers, cookie } });
    expect([inside.status, inside.code, inside.cookies]).toEqual([401, "token_missing", []]);
  });

  test("is another site's link with the session, because a person has followed it", async () => {
    const bench = createBench();
    const cookie = sessionCookie(await bench.signIn());
    const { headers } = await bench.send({ uri: "/x", headers: { ...fromElsewhere, cookie } });
    expect(callerIn(headers)).toMatchObject({
      sub: "alice",
    });
  });

  test.each(["PUT", "PATCH", "POST", "DELETE"])(
    "is no %s with a session from elsewhere, on public paths neither",
    async (method) => {
      const bench = createBench();
      const cookie = sessionCookie(await bench.signIn());
      const before = bench.signed.length;
      const answer = await bench.send({
        uri: "/public/x",
        method,
        headers: {
          ...fetched,
          "sec-fetch-site": "cross-site",
          origin: "https://evil.example",
          cookie,
        },
      });
      expect([answer.status, answer.code, answer.cookies]).toEqual([403, "cross_site", []]);
      expect(bench.signed).toHaveLength(before);
    },
  );
});

describe("a session is an access token of the sign-in's own client", () => {
  const other = "4otherotherotherotherother4";
  const clients = {
    ...guardSettings.clients,
    [other]: { name: "implicit", kind: "person", tokenUses: ["id", "access"] },
  } as const;
  type Bench = ReturnType<typeof createBench>;
  const wrong: [what: string, token: (bench: Bench) => string][] = [
    ["an ID token", ({ cognito }) => cognito.idToken({ sub: "alice" })],
    [
      "an access token of another client",
      ({ cognito }) => cognito.accessToken({ clientId: other }),
    ],
  ];
  test.each(wrong)("not %s, which is a good bearer token", async (_what, tokenOf) => {
    const bench = createBench({ ...guardSettings, clients });
    const accessToken = tokenOf(bench);
    const cookie = sessionCookie({ accessToken, refreshToken: "r" });
    const bearer = await bench.send({
      uri: "/x",
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(bearer.status).toBe(0);
    const answer = await bench.send({ uri: "/x", headers: { ...own, cookie } });
    expect([answer.status, answer.code]).toEqual([401, "token_use"]);
    expect(answer.cookies).toEqual([ended("session.1of1")]);
    expect(answer.headers["www-authenticate"]).toEqual(['Bearer error="invalid_token"']);
  });
});

describe("a refusal, for a browser's window", () => {
  test("is the way to sign in, where that helps", async () => {
    const { browse } = createBench();
    const { status, location = "", body } = await browse("/x");
    expect([status, new URL(location).origin, body]).toEqual([302, hostedOrigin, ""]);
  });

  test("names the group, where it does not", async () => {
    const bench = createBench();
    await bench.signIn();
    const answer = await bench.browse("/admin/x");
    expect([answer.status, answer.code, answer.cookies]).toEqual([403, "access_denied", []]);
    expect(answer.body).toContain("one of the groups admin");
    expect(answer.body).toContain("Signing in again does not change that.");
    expect(answer.body).toContain("access_denied, request request-1");
    expect(answer.body).not.toContain("/.auth/login");
  });

  test("ends half a session, and leads to sign in", async () => {
    const { browse } = createBench();
    const cookie = "__Host-Http-gatehouse-session.1of2=a; __Host-Http-gatehouse-session.1of2=b";
    const { status, cookies } = await browse("/x", { headers: { ...followed, cookie } });
    expect(status).toBe(302);
    expect(cookies.slice(1)).toEqual([ended("session.1of2")]);
  });

  test("of a bearer token is what every client gets", async () => {
    const { browse } = createBench();
    const headers = { ...followed, authorization: "Bearer x.y.z" };
    const answer = await browse("/x", { headers });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_malformed", []]);
    expect(answer.headers["content-type"]).toEqual(["application/problem+json"]);
  });

  test("for a frame is no redirect", async () => {
    const { browse } = createBench();
    const answer = await browse("/x", { headers: { ...followed, "sec-fetch-dest": "iframe" } });
    expect([answer.status, answer.code, answer.location]).toEqual([
      401,
      "token_missing",
      undefined,
    ]);
  });

  test("of a path that is none is a page, and never an exception", async () => {
    const { browse } = createBench();
    for (const path of ["/a%zz", "/.AUTH/x", `/${"\\".repeat(2000)}`, "/\ufffd"]) {
      const answer = await browse(path);
      expect(answer.status).toBe(400);
      expect(answer.headers["content-type"]).toEqual(["text/html; charset=utf-8"]);
    }
    const answer = await browse(`/x?${'"'.repeat(2000)}`);
    expect(answer.status).toBe(302);
  });
});

describe("what a person cannot mend", () => {
  const people: [what: string, path: string, parts: EventParts, code: string, heading: string][] = [
    ["a lone percent sign", "/public/x?q=100%", {}, "query_malformed", "This link does not work"],
    ["Latin-1", "/public/x?q=caf%E9", {}, "query_malformed", "This link does not work"],
    ["a name that is empty", "/public/x?=1&a=2", {}, "query_malformed", "This link does not work"],
    [
      "a signature's name",
      "/public/x?a=1&X-Amz-Expires=60",
      {},
      "query_malformed",
      "This link does not work",
    ],
    [
      "an address that grew too long",
      `/public/x?q=${'"'.repeat(3000)}`,
      {},
      "query_malformed",
      "This link does not work",
    ],
    ["a percent sign in a path", "/public/100%", {}, "path_malformed", "This link does not work"],
    ["a path of two readings", "/public;/x", {}, "path_ambiguous", "This link does not work"],
    [
      "a form with a photo",
      "/public/x",
      { method: "POST", inputTruncated: true, headers: { "content-length": "2500000" } },
      "body_hash_required",
      "Too large to send",
    ],
    [
      "a form with a film",
      "/public/x",
      { method: "POST", inputTruncated: true, headers: { "content-length": "25000000" } },
      "body_too_large",
      "Too large to send",
    ],
  ];

  test.each(people)(
    "%s: a page says so in a person's words",
    async (_what, path, parts, code, heading) => {
      const answer = await createBench().browse(path, parts);
      expect([answer.status < 500, answer.code]).toEqual([true, code]);
      expect(answer.body).toContain(`<h1>${heading}</h1>`);
      expect(textOf(answer.body)).not.toMatch(
        /RFC|UTF|percent-encode|x-amz|header|Lambda|CloudFront|SHA|bytes/i,
      );
    },
  );

  test.each(people)("%s: a program gets what it needs", async (_what, path, parts, code) => {
    const headers = { ...fetched, ...parts.headers };
    const answer = await createBench().browse(path, { ...parts, headers });
    expect(answer.headers["content-type"]).toEqual(["application/problem+json"]);
    expect(JSON.parse(answer.body)).toMatchObject({
      code,
      detail: expect.stringMatching(/^The |^A |^Query |^CloudFront /),
    });
  });
});

/** What a person reads of a page. */
function textOf(html: string): string {
  const [, main = ""] = /<main>([^]*)<p class="aside">/.exec(html) ?? [];
  return main.replaceAll(/<[^>]*>/g, " ");
}

describe("a page of the guard", () => {
  const styleHash = createHash("sha256").update(pageStyle).digest("base64");
  const pages: [what: string, path: string, parts: object][] = [
    ["of a refusal", "/.auth/callback?error=x", {}],
    ["of an address that there is not", "/.auth/x", {}],
    ["of a sign-out", "/.auth/logout", { headers: fromElsewhere }],
    ["that says it is done", "/.auth/signed-out", {}],
    ["of a path that is none", "/a%zz", {}],
  ];
  test.each(pages)("%s has no script, and is in no frame", async (_what, path, parts) => {
    const { browse } = createBench();
    const { headers, body } = await browse(path, parts);
    expect(headers["content-security-policy"]).toEqual([
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self' ${hostedOrigin}; base-uri 'none'; frame-ancestors 'none'`,
    ]);
    expect(headers["cross-origin-opener-policy"]).toEqual(["same-origin"]);
    expect(headers["x-frame-options"]).toEqual(["DENY"]);
    expect(headers["x-content-type-options"]).toEqual(["nosniff"]);
    expect(headers["cache-control"]).toEqual(["no-store"]);
    expect(headers["content-type"]).toEqual(["text/html; charset=utf-8"]);
    expect(headers["referrer-policy"]).toEqual([
      body.includes("<form") ? "same-origin" : "no-referrer",
    ]);
    expect(body.match(/<style>([^]*)<\/style>/)?.[1]).toBe(pageStyle);
    expect(body).not.toContain("<script");
  });

  const evil = `<img src=x onerror="alert('1')">&`;
  const injected: [where: string, path: string, parts: object][] = [
    ["an error", `/.auth/callback?error=${encodeURIComponent(evil)}`, {}],
    ["a state", `/.auth/callback?code=c&state=${encodeURIComponent(evil)}`, {}],
    ["a path", `/${encodeURIComponent(evil)}`, { headers: { ...followed, accept: evil } }],
    [
      "a way back",
      `/.auth/logout?return_to=/${encodeURIComponent(encodeURIComponent(evil))}`,
      { headers: fromElsewhere },
    ],
    ["a raw way back", `/.auth/login?return_to=${encodeURIComponent(`/x?${evil}`)}`, {}],
    ["an unknown address", `/.auth/${encodeURIComponent(evil)}`, {}],
    ["a host", "/.auth/x", { headers: { ...followed, host: evil, "x-forwarded-host": evil } }],
  ];
  test.each(injected)("says nothing that stands in %s", async (_where, path, parts) => {
    const { browse } = createBench();
    const { body, headers } = await browse(path, parts);
    expect(body).not.toMatch(/<img|onerror="|alert\('/);
    expect(JSON.stringify({ ...headers, location: [] })).not.toContain("onerror");
  });

  test("leads back to a path with every sign in it, escaped", async () => {
    const bench = createBench();
    const { body } = await bench.visit("/public/../x", {
      uri: "/x",
      querystring: "a=<b>&c='d'&e=%22",
      method: "POST",
      headers: { origin: appOrigin },
    });
    expect(body).toContain('href="/x?a=&lt;b&gt;&amp;c=&#39;d&#39;&amp;e=%22"');
  });

  test("shows the request's id, for whoever is asked for help", async () => {
    const { browse } = createBench();
    const { body } = await browse("/.auth/callback?error=x");
    expect(body).toContain('<p class="aside">sign_in_refused, request request-1</p>');
  });
});

test("the log holds no token, cookie, code, state, path or query", async () => {
  const bench = createBench();
  const { location = "" } = await bench.browse(
    "/.auth/login?return_to=/secret-path?q=secret-query",
  );
  const back = new URL(bench.cognito.browse(new URL(location)));
  await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
  const cookies = bench.jar.header();
  await bench.browse("/secret-path?q=secret-query");
  await bench.browse("/admin/secret-path?q=secret-query");
  bench.clock.advance(3601);
  await bench.browse("/secret-path?q=secret-query");
  await bench.browse("/.auth/refresh", { method: "POST", headers: own });
  bench.cognito.instead = new Error("secret-message");
  await bench.browse("/.auth/refresh", { method: "POST", headers: own });
  await bench.browse(`/.auth/callback${back.search}`, { headers: fromElsewhere });
  await bench.browse("/.auth/logout?return_to=/secret-path");
  await bench.browse("/secret-%zz");
  const values = cookies.split("; ").map((pair) => pair.slice(pair.indexOf("=") + 1));
  const { code, state } = Object.fromEntries(back.searchParams);
  const log = bench.lines.join("\n");
  expect(bench.lines.length).toBeGreaterThanOrEqual(10);
  for (const secret of [...values.slice(0, 2), code, state, "secret", "alice", "__Host-"])
    expect(log).not.toContain(secret);
  expect(JSON.parse(bench.lines[0] ?? "")).toEqual({
    v: 1,
    by: "guard",
    requestId: "request-1",
    trace: expect.stringMatching(/^[\da-f]{32}$/),
    span: expect.stringMatching(/^[\da-f]{16}$/),
    method: "GET",
    outcome: "session",
    status: 302,
    ms: { read: 0, total: 0 },
  });
});

test("the log says what the browser got, and what Cognito answered", async () => {
  const bench = createBench();
  const last = (): unknown => JSON.parse(bench.lines.at(-1) ?? "");
  await bench.browse("/x");
  expect(last()).toMatchObject({ outcome: "refused", status: 302, code: "token_missing" });
  await bench.signIn();
  bench.clock.advance(3601);
  bench.cognito.instead = { status: 400, body: { error: "invalid_client" } };
  expect((await bench.browse("/x")).status).toBe(503);
  expect(last()).toMatchObject({
    outcome: "refused",
    status: 503,
    code: "sign_in_unavailable",
    cause: "CognitoAnswered_400_invalid_client",
  });
  bench.cognito.instead = { status: 400, body: { error: "secret-error" } };
  await bench.browse("/.auth/refresh", { method: "POST", headers: own });
  expect(last()).toMatchObject({
    outcome: "session",
    status: 503,
    code: "sign_in_unavailable",
    cause: "CognitoAnswered_400",
  });
});

test("a page of 401 says how to authenticate, as every 401 has to", async () => {
  const { status, headers } = await createBench().browse("/.auth/me", { headers: followed });
  expect([status, headers["www-authenticate"]]).toEqual([401, ["Bearer"]]);
});

const hints: [name: string, good: readonly string[], bad: readonly string[]][] = [
  ["identity_provider", ["Company", "a.b-C_1"], ["a&b", "", "x".repeat(33), "a b"]],
  ["lang", ["de", "pt-BR"], ["DE", "deu", "de-de", "de\n", "../x", ""]],
  [
    "login_hint",
    ["ada", "ada+x@example.com", "Ädä", "+4930123", "x".repeat(128)],
    ["", "a b", "a\n", "\0", "\u200b", "x".repeat(129)],
  ],
];
test.each(hints)(
  "%s reaches Cognito in its own alphabet, and nothing else does",
  async (name, good, bad) => {
    const { browse } = createBench();
    const ask = (value: string) =>
      browse(`/.auth/login?${new URLSearchParams({ [name]: value }).toString()}`);
    for (const value of good) {
      const { location = "" } = await ask(value);
      expect(new URL(location).searchParams.getAll(name)).toEqual([value]);
    }
    for (const value of bad) {
      const odd = await ask(value);
      expect([value, odd.status, odd.code, odd.cookies]).toEqual([
        value,
        400,
        "sign_in_malformed",
        [],
      ]);
    }
    const twice = await browse(`/.auth/login?${name}=de&${name}=de`);
    expect([twice.status, twice.code]).toEqual([400, "sign_in_malformed"]);
  },
);

test("a sign-out with cookies that somebody has made up asks nothing of Cognito", async () => {
  const bench = createBench();
  const { accessToken } = await bench.signIn();
  const before = bench.cognito.posted.length;
  const cookie = sessionCookie({ accessToken: `${accessToken}x`, refreshToken: "x" });
  const answer = await bench.send({
    method: "POST",
    uri: "/.auth/logout",
    headers: { ...own, cookie },
  });
  expect(answer.status).toBe(302);
  expect(bench.cognito.posted.length).toBe(before);
});
