import { describe, expect, test } from "vitest";

import { machineClient } from "../../test/events.ts";
import {
  appOrigin,
  createBench,
  ended,
  fetched,
  followed,
  fromElsewhere,
  sessionCookie,
  openedLines,
  sessionLines,
} from "../../test/test-browser.ts";
import { issuer } from "../../test/events.ts";

const all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const routes: [path: string, methods: readonly string[]][] = [
  ["/.auth/login", ["GET"]],
  ["/.auth/callback", ["GET"]],
  ["/.auth/logout", ["GET", "POST"]],
  ["/.auth/signed-out", ["GET"]],
  ["/.auth/me", ["GET", "HEAD"]],
  ["/.auth/refresh", ["POST"]],
];
const own = { ...fetched, origin: appOrigin };

describe.each(routes)("%s", (path, methods) => {
  test.each(all.filter((method) => !methods.includes(method)))(
    "is not there for %s, and says for what it is",
    async (method) => {
      for (const headers of [own, { ...followed, origin: appOrigin }]) {
        const { send, signed } = createBench();
        const answer = await send({ uri: path, method, headers });
        expect([answer.status, answer.code, answer.cookies]).toEqual([
          405,
          "method_not_allowed",
          [],
        ]);
        expect(answer.headers["allow"]).toEqual([methods.join(", ")]);
        expect(signed).toEqual([]);
      }
    },
  );
});

describe("an address below /.auth that there is not", () => {
  test.each([
    "/.auth",
    "/.auth/",
    "/.auth/login/",
    "/.auth//login",
    "/.auth/Login",
    "/.auth/log%69n",
    "/.auth/login;x",
    "/.auth/me/x",
    "/.auth/../public/x",
    "/.auth/%2e%2e/public/x",
    "/.auth/..%2fpublic/x",
    "/.auth/__proto__",
    "/.auth/constructor",
    "/.auth/%zz",
    "/.auth/\0",
  ])("%j: 404", async (uri) => {
    for (const headers of [own, followed]) {
      const { send, signed } = createBench();
      const answer = await send({ uri, headers });
      expect([answer.status, answer.code, answer.cookies]).toEqual([404, "sign_in_unknown", []]);
      expect(signed).toEqual([]);
    }
  });
});

test.each([
  "/.AUTH/me",
  "/%2eauth/me",
  "/.%61uth/me",
  "/.auth%2fme",
  "/.auth%5cme",
  "//.auth/me",
  "/%2f.auth/me",
  "/.auth;x/me",
  "/public/../.auth/me",
  "/public/%2e%2e/.auth/me",
  "/public/..;/.auth/me",
  String.raw`/.auth\me`,
  "/.auth\t/me",
  "/.auth#/public",
])("%j reaches neither the guard's routes nor the backend, signed in or not", async (uri) => {
  const bench = createBench();
  const cookie = sessionCookie(await bench.signIn());
  const before = bench.signed.length;
  for (const headers of [followed, own, { ...own, cookie }, { ...followed, cookie }]) {
    const answer = await bench.send({ uri, headers });
    expect([answer.status, answer.cookies]).toEqual([400, []]);
    expect(answer.code).toMatch(/^path_(ambiguous|malformed)$/);
  }
  expect(bench.signed).toHaveLength(before);
});

describe("/.auth/me", () => {
  test("says who is signed in, and until when", async () => {
    const bench = createBench();
    bench.cognito.groups = ["admin"];
    await bench.signIn();
    const answer = await bench.browse("/.auth/me", { headers: fetched });
    expect([answer.status, answer.cookies]).toEqual([200, []]);
    expect(JSON.parse(answer.body)).toEqual({
      kind: "user",
      sub: "alice",
      username: "alice",
      groups: ["admin"],
      scopes: ["openid", "email", "profile"],
      issuer,
      signedInAt: bench.clock.now(),
      expiresAt: bench.clock.now() + 3600,
    });
    expect(answer.headers["content-type"]).toEqual(["application/json"]);
    expect(answer.headers["cache-control"]).toEqual(["no-store"]);
  });

  test("says so for a bearer token, whatever the session", async () => {
    const bench = createBench();
    await bench.signIn();
    const token = bench.cognito.accessToken({ sub: "bob" });
    const answer = await bench.browse("/.auth/me", {
      headers: { ...fetched, authorization: `Bearer ${token}` },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ sub: "bob" });
  });

  const refused: [what: string, headers: Readonly<Record<string, string>>, code: string][] = [
    ["without a session", fetched, "token_missing"],
    ["with a bad bearer token", { ...fetched, authorization: "Bearer x.y.z" }, "token_malformed"],
    ["with another scheme", { ...fetched, authorization: "Basic YTpi" }, "token_missing"],
  ];
  test.each(refused)("is 401 %s", async (_what, headers, code) => {
    const { send } = createBench();
    const answer = await send({ uri: "/.auth/me", headers });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, code, []]);
    expect(JSON.parse(answer.body)).toMatchObject({
      requestId: "request-1",
      signInUrl: "/.auth/login",
    });
    expect(answer.headers["www-authenticate"]).toEqual([
      code === "token_missing" ? "Bearer" : 'Bearer error="invalid_token"',
    ]);
  });

  test("is 401 for another site's script, although the session is good", async () => {
    const bench = createBench();
    await bench.signIn();
    for (const site of ["cross-site", "same-site"]) {
      const headers = { ...fetched, "sec-fetch-site": site };
      const answer = await bench.browse("/.auth/me", { headers });
      expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_missing", []]);
    }
  });

  test("is 401 with an expired session, which stays to be renewed", async () => {
    const bench = createBench();
    await bench.signIn();
    bench.clock.advance(3600);
    const answer = await bench.browse("/.auth/me", { headers: fetched });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_expired", []]);
  });

  test("is 401 with a session that was ended, and clears it", async () => {
    const bench = createBench();
    await bench.signIn();
    bench.revoked.add("alice");
    const answer = await bench.browse("/.auth/me", { headers: fetched });
    expect([answer.status, answer.code]).toEqual([401, "token_revoked"]);
    expect(answer.cookies).toEqual([ended("session.1of1")]);
  });

  test("is 401 with half a session, and clears it", async () => {
    const { send } = createBench();
    const cookie = "__Host-Http-gatehouse-session.1of2=a";
    const answer = await send({ uri: "/.auth/me", headers: { ...fetched, cookie } });
    expect([answer.status, answer.code]).toEqual([401, "token_missing"]);
    expect(answer.cookies).toEqual([ended("session.1of2")]);
  });
});

describe("/.auth/refresh", () => {
  const post = { method: "POST", headers: own };

  test("gives new cookies and nothing else", async () => {
    const bench = createBench();
    await bench.signIn();
    let tokens: Readonly<Record<string, unknown>> = {};
    bench.cognito.tamper = (answer) => (tokens = answer);
    const answer = await bench.browse("/.auth/refresh", post);
    expect([answer.status, answer.body]).toEqual([204, ""]);
    expect(openedLines(answer.cookies)).toEqual(
      sessionLines({
        accessToken: String(tokens["access_token"]),
        refreshToken: String(tokens["refresh_token"]),
      }),
    );
  });

  test("is 401 for nobody", async () => {
    const { send } = createBench();
    const answer = await send({ uri: "/.auth/refresh", ...post });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_missing", []]);
  });

  test("is 401 for a bearer token, which turns cookies off", async () => {
    const bench = createBench();
    await bench.signIn();
    const authorization = `Bearer ${bench.cognito.accessToken({ sub: "alice" })}`;
    const answer = await bench.browse("/.auth/refresh", {
      method: "POST",
      headers: { ...own, authorization },
    });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_missing", []]);
  });

  test("is 401 for a session that is over, and clears it", async () => {
    const bench = createBench();
    await bench.signIn();
    bench.cognito.instead = { status: 400, body: { error: "invalid_grant" } };
    const answer = await bench.browse("/.auth/refresh", post);
    expect([answer.status, answer.code]).toEqual([401, "token_expired"]);
    expect(answer.cookies).toEqual([ended("session.1of1")]);
  });

  test("is 401 for one that was ended, and clears it", async () => {
    const bench = createBench();
    await bench.signIn();
    bench.revoked.add("alice");
    const answer = await bench.browse("/.auth/refresh", post);
    expect([answer.status, answer.code]).toEqual([401, "token_revoked"]);
    expect(answer.cookies).toEqual([ended("session.1of1")]);
    expect(bench.cognito.posted).toHaveLength(1);
  });
});

const foreign: [what: string, headers: Readonly<Record<string, string>>][] = [
  ["another site's form", { ...fromElsewhere, origin: "https://evil.example" }],
  [
    "a sibling's form",
    { ...followed, "sec-fetch-site": "same-site", origin: "https://x.cloudfront.net" },
  ],
  ["a sandboxed frame", { ...followed, origin: "null" }],
  [
    "another site's script",
    { ...fetched, "sec-fetch-site": "cross-site", origin: "https://evil.example" },
  ],
  ["an old browser on another site", { accept: "text/html", origin: "https://evil.example" }],
  ["who does not say where it comes from", { accept: "text/html" }],
  [
    "who says that the app is elsewhere",
    {
      origin: "https://evil.example",
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example;proto=https",
    },
  ],
];

describe.each(["/.auth/refresh", "/.auth/logout"])("POST %s", (uri) => {
  test.each(foreign)("is refused for %s, with a session and without", async (_what, headers) => {
    const bench = createBench();
    const cookie = sessionCookie(await bench.signIn());
    const before = bench.cognito.posted.length;
    for (const more of [{}, { cookie }]) {
      const answer = await bench.send({ uri, method: "POST", headers: { ...headers, ...more } });
      expect([answer.status, answer.code, answer.cookies, answer.location]).toEqual([
        403,
        "cross_site",
        [],
        undefined,
      ]);
      expect(answer.body).not.toContain("evil");
    }
    expect(bench.cognito.posted).toHaveLength(before);
  });

  test("of a machine's token is no way round", async () => {
    const bench = createBench();
    const authorization = `Bearer ${bench.cognito.accessToken({ clientId: machineClient })}`;
    const answer = await bench.send({
      uri,
      method: "POST",
      headers: { authorization, origin: "https://evil.example" },
    });
    expect([answer.status, answer.code]).toEqual([403, "cross_site"]);
  });
});
