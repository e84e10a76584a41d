import { createHash } from "node:crypto";

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { send, type Answer, type Sent, viaApp } from "./support/client.ts";
import { authUrl, formType, signInByForm } from "./support/oauth.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";
import {
  createVisitor,
  locationOf,
  navigation,
  script,
  setCookies,
  type Visitor,
} from "./support/visitor.ts";

// The way of a browser through the hosted sign-in and back to the stack's own addresses.
needs("machine");

let target: Target;
let plain: Target["users"][number];
let admin: Target["users"][number];
let visitor: Visitor;
beforeAll(() => {
  target = loadTarget();
  const [first, second] = target.users;
  if (first === undefined || second === undefined) throw new Error("the stack has no two users");
  [plain, admin] = [first, second];
});
beforeEach(() => {
  visitor = createVisitor(target);
});

/** Names of the cookies that are the session. */
const sessionCookies = (): string[] =>
  [...visitor.cookies.keys()].filter((name) => /-session\./.test(name));

const attempt = /^__Host-Http-gatehouse-attempt\./;
const sessionNames = ["__Host-Http-gatehouse-session.1of1"];

describe("a page without a session", () => {
  test("leads to the hosted sign-in with everything that a code needs, and comes back with its query", async () => {
    const answer = await visitor.open("/echo/deep%20link?x=1&y=a%2Bb&x=2");
    expect(answer.status).toBe(302);
    const url = new URL(locationOf(answer));
    expect(`${url.origin}${url.pathname}${url.hash}`).toBe(`${authUrl(target)}/oauth2/authorize`);
    expect(locationOf(answer).endsWith("#")).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: target.clients.web.id,
      response_type: "code",
      scope: "openid email profile",
      redirect_uri: `${target.appUrl}/.auth/callback`,
      state: expect.stringMatching(/^0[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    expect(setCookies(answer)).toEqual([
      expect.stringMatching(
        /^__Host-Http-gatehouse-attempt\.0[\w-]{43}=[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
      ),
    ]);

    const arrived = await signInByForm(locationOf(answer), plain.username, plain.password);
    const back = await visitor.open(arrived.slice(target.appUrl.length));
    expect([back.status, back.header("location")]).toEqual([
      302,
      "/echo/deep%20link?x=1&y=a%2Bb&x=2#",
    ]);
    expect(setCookies(back).map((line) => line.replace(/=[\w.-]*;/, "=…;"))).toEqual([
      ...sessionNames.map(
        (name) => `${name}=…; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax`,
      ),
      expect.stringMatching(/^__Host-Http-gatehouse-attempt\.0[\w-]{43}=…; Max-Age=0; /),
      "__Host-Http-gatehouse-renewed=…; Max-Age=10; Path=/; Secure; HttpOnly; SameSite=Lax",
    ]);
    expect(sessionCookies()).toEqual(sessionNames);
    const page = await visitor.open("/echo/deep%20link?x=1&y=a%2Bb&x=2");
    expect(page.json()).toMatchObject({
      path: "/echo/deep%20link",
      query: "x=1&y=a%2Bb&x=2",
    });
  });

  const requests: [what: string, sent: Sent, answer: 302 | 401][] = [
    ["a page", { headers: navigation }, 302],
    [
      "a form",
      { method: "POST", headers: { ...navigation, "sec-fetch-site": "same-origin" } },
      302,
    ],
    ["a page of an old browser", { headers: { accept: "text/html,*/*;q=0.8" } }, 302],
    ["a script", { headers: script }, 401],
    ["a script that takes HTML", { headers: { ...script, accept: "text/html" } }, 401],
    ["a frame", { headers: { ...navigation, "sec-fetch-dest": "iframe" } }, 401],
    [
      "an image",
      { headers: { ...script, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" } },
      401,
    ],
    [
      "a script of an old browser",
      { headers: { accept: "text/html", "x-requested-with": "XMLHttpRequest" } },
      401,
    ],
    ["curl", { headers: { accept: "*/*" } }, 401],
    ["an upload", { method: "PUT", headers: { accept: "text/html" } }, 401],
    [
      "a page with a bad bearer token",
      { headers: { ...navigation, authorization: "Bearer x" } },
      401,
    ],
  ];
  test.each(requests)(
    "%s is answered in a form that the caller can use",
    async (_what, sent, status) => {
      const answer = await send(target.appUrl, { path: "/echo", ...sent });
      expect(answer.status).toBe(status);
      expect(answer.header("content-type")).toBe(
        status === 401 ? "application/problem+json" : undefined,
      );
      expect(status === 401 ? answer.json()["signInUrl"] : undefined).toBe(
        status === 401 ? "/.auth/login" : undefined,
      );
    },
  );

  test("a form is not sent again, and a page says so", async () => {
    const answer = await visitor.send({
      method: "POST",
      path: "/echo/form",
      headers: { ...navigation, ...formType, "sec-fetch-site": "same-origin" },
      body: "order=1",
    });
    const arrived = await signInByForm(locationOf(answer), plain.username, plain.password);
    const back = await visitor.open(arrived.slice(target.appUrl.length));
    expect([back.status, back.header("location")]).toEqual([200, undefined]);
    expect(back.text()).toContain("neither kept nor carried out");
    expect(back.text()).toContain('href="/echo/form"');
    expect(sessionCookies()).toEqual(sessionNames);
  });

  test("a hundred tabs leave five attempts", async () => {
    for (let tab = 0; tab < 100; tab += 1) await visitor.open(`/echo/${tab}`);
    expect([...visitor.cookies.keys()].filter((name) => attempt.test(name))).toHaveLength(5);
    expect((await visitor.signIn("/echo/last", plain)).header("location")).toBe("/echo/last#");
  });
});

describe("a browser that drops every cookie", () => {
  test("ends on a page that explains, after five redirects at most", async () => {
    const open = (path: string) => send(target.appUrl, { path, headers: navigation });
    let redirects = 0;
    const follow = async (answer: Answer): Promise<string> => {
      redirects += 1;
      return locationOf(answer);
    };
    const arrived = await signInByForm(
      await follow(await open("/echo")),
      plain.username,
      plain.password,
    );
    redirects += 2; // to the form, and back from it
    const first = await open(arrived.slice(target.appUrl.length));
    expect([first.status, setCookies(first)]).toEqual([400, []]);
    const [, next = ""] = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(first.text()) ?? [];
    expect(next).toBe("/.auth/login?again=1");
    const again = await follow(await open(next));
    const state = new URL(again).searchParams.get("state") ?? "";
    expect(state).toMatch(/^1[\w-]{43}$/);
    redirects += 1; // the hosted sign-in knows the browser and sends it straight back
    const last = await open(`/.auth/callback?code=x&state=${state}`);
    expect([last.status, setCookies(last)]).toEqual([400, []]);
    expect(last.text()).toContain("Allow cookies for this site");
    expect(last.text()).not.toContain("http-equiv");
    expect(redirects).toBeLessThanOrEqual(5);
  });
});

describe("a hostile callback", () => {
  const state = `0${"s".repeat(43)}`;
  const callbacks: [what: string, query: string, code: string][] = [
    ["without anything", "", "sign_in_malformed"],
    ["without a state", "code=x", "sign_in_unmatched"],
    ["with a state that nobody made", `code=x&state=${state}`, "sign_in_unmatched"],
    ["with a state of another form", "code=x&state=../../x", "sign_in_unmatched"],
    ["with a doubled state", `code=x&state=${state}&state=y`, "sign_in_malformed"],
    ["with a doubled code", `code=x&code=y&state=${state}`, "sign_in_malformed"],
    ["with an error", "error=access_denied", "sign_in_refused"],
    [
      "with an error that brings markup",
      "error=%3Cscript%3E&error_description=%3Cimg%20src%3Dx%3E&error_uri=//evil.example",
      "sign_in_refused",
    ],
    ["with an error and a code", `error=server_error&code=x&state=${state}`, "sign_in_refused"],
  ];
  test.each(callbacks)("%s is refused, and sets no cookie", async (_what, query, code) => {
    const answer = await visitor.open(`/.auth/callback?${query}`, {
      "sec-fetch-site": "cross-site",
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(setCookies(answer)).toEqual([]);
    expect(answer.text()).toContain(`${code}, request `);
    expect(answer.text()).not.toMatch(/<script|<img|evil/);
  });

  test("with the state of another browser is refused, and the code is not used up", async () => {
    const arrived = await visitor.signInUpTo("/echo", plain);
    const victim = createVisitor(target);
    await victim.open("/echo");
    const answer = await victim.open(arrived);
    expect([answer.status, setCookies(answer)]).toEqual([400, []]);
    expect((await visitor.open(arrived)).header("location")).toBe("/echo#");
  });

  test("with a replayed code is refused", async () => {
    const arrived = await visitor.signInUpTo("/echo", plain);
    const before = new Map(visitor.cookies);
    expect((await visitor.open(arrived)).status).toBe(302);
    const replayed = await visitor.open(arrived);
    expect(replayed.text()).toContain("sign_in_unmatched, request ");
    // The same from a browser that kept the attempt.
    visitor.cookies.clear();
    for (const [name, value] of before) visitor.cookies.set(name, value);
    const kept = await visitor.open(arrived);
    expect([kept.status, setCookies(kept)]).toEqual([400, []]);
    expect(kept.text()).toContain("sign_in_failed, request ");
  });

  test.each([
    ["nonce", 0, "sign_in_nonce"],
    ["verifier", 1, "sign_in_failed"],
  ])("with a swapped %s is refused", async (_what, member, code) => {
    const arrived = await visitor.signInUpTo("/echo", plain);
    const [name = "", value = ""] = [...visitor.cookies][0] ?? [];
    const parts: unknown[] = JSON.parse(Buffer.from(value, "base64url").toString("utf8"));
    parts[member] = "w".repeat(43);
    visitor.cookies.set(name, Buffer.from(JSON.stringify(parts)).toString("base64url"));
    const answer = await visitor.open(arrived);
    expect([answer.status, setCookies(answer)]).toEqual([400, []]);
    expect(answer.text()).toContain(`${code}, request `);
  });

  test("cannot be reached by a script or in a frame", async () => {
    const arrived = await visitor.signInUpTo("/echo", plain);
    for (const headers of [script, { ...navigation, "sec-fetch-dest": "iframe" }]) {
      const answer = await visitor.send({ path: arrived, headers });
      expect([answer.status, answer.json()["code"]]).toEqual([403, "sign_in_not_top_level"]);
    }
  });
});

const elsewhere = [
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "https://evil.example/",
  "https:evil.example",
  "///evil.example",
  "/\t/evil.example",
  "\n//evil.example",
  "@evil.example",
  ".evil.example",
  "javascript:alert(1)",
  "/\u2215evil.example",
  "\uFF0F\uFF0Fevil.example",
  "%2f%2fevil.example",
  "/.auth/logout",
  "/%2eauth/logout",
  "/x/../.auth/logout",
  "/.AUTH/logout",
  "//.auth/logout",
  `/${"x".repeat(2048)}`,
  "",
];

describe("return_to", () => {
  test.each(elsewhere)("%j is refused at the sign-in and at the sign-out", async (path) => {
    const query = `return_to=${encodeURIComponent(path)}`;
    for (const route of ["login", "logout"]) {
      const answer = await visitor.open(`/.auth/${route}?${query}`);
      expect([answer.status, setCookies(answer)]).toEqual([400, []]);
      expect(answer.text()).toContain("sign_in_return_path, request ");
    }
  });

  test.each(["/", "/a/b?c=d&e=%2F%2F", "/@evil.example", "/%2f%2fevil.example", "/a#b"])(
    "%s is kept through sign-in and sign-out",
    async (path) => {
      const query = `return_to=${encodeURIComponent(path)}`;
      const expected = path.includes("#") ? path : `${path}#`;
      const back = await visitor.signIn(`/.auth/login?${query}`, plain);
      expect(back.header("location")).toBe(expected);
      const out = await visitor.open(`/.auth/logout?${query}`, { "sec-fetch-site": "same-origin" });
      expect(out.status).toBe(302);
      const done = await visitor.open("/.auth/signed-out");
      expect(done.header("location")).toBe(expected);
      expect([...visitor.cookies]).toEqual([]);
    },
  );

  test("an address that begins with two slashes comes back to this origin", async () => {
    const back = await visitor.signIn("//evil.example/x", plain);
    expect(back.header("location")).toBe("/#");
  });
});

describe("a session", () => {
  test("says who it is, to the guard's own route and to the backend", async () => {
    await visitor.signIn("/echo", plain);
    const me = await visitor.call("/.auth/me");
    expect(me.json()).toEqual({
      kind: "user",
      sub: expect.any(String),
      username: plain.username,
      groups: [],
      scopes: ["openid", "email", "profile"],
      issuer: expect.stringMatching(/^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/[\w-]+$/),
      signedInAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
    const { expiresAt: _until, ...caller } = me.json();
    expect((await visitor.call("/me")).json()).toEqual(caller);
    expect((await visitor.call("/echo")).text()).not.toContain("gatehouse-token");
  });

  test("is nobody's without cookies", async () => {
    const me = await visitor.call("/.auth/me");
    expect([me.status, me.json()["code"], me.json()["signInUrl"]]).toEqual([
      401,
      "token_missing",
      "/.auth/login",
    ]);
  });

  test("stands behind the access rules: a group that is missing is named, and signing in again does not help", async () => {
    await visitor.signIn("/echo", plain);
    const refused = await visitor.open("/admin/x");
    expect([refused.status, refused.header("location")]).toEqual([403, undefined]);
    expect(refused.text()).toContain(
      "This needs one of the groups admin. Signing in again does not change that.",
    );
    expect((await visitor.call("/admin/x")).json()["code"]).toBe("access_denied");

    const other = createVisitor(target);
    await other.signIn("/echo", admin);
    expect((await other.call("/admin/x")).status).toBe(200);
    expect((await other.call("/reports/daily")).status).toBe(200);
    // For machines alone.
    const sent = { method: "POST", headers: { origin: target.appUrl } };
    const order = await other.call("/reports/daily", sent);
    expect([order.status, order.json()["code"]]).toEqual([403, "access_denied"]);
  });

  test("is ignored when there is a bearer token, which decides alone", async () => {
    await visitor.signIn("/echo", admin);
    // The token is the plain person's.
    const me = await visitor.call("/me", {
      headers: { authorization: `Bearer ${target.tokens.id}` },
    });
    expect(me.json()["username"]).toBe(plain.username);
    const bad = await visitor.call("/public/health", { headers: { authorization: "Bearer x" } });
    expect([bad.status, bad.json()["code"]]).toEqual([401, "token_malformed"]);
    const good = await visitor.call("/echo", {
      method: "POST",
      headers: { authorization: `Bearer ${target.tokens.id}`, "sec-fetch-site": "cross-site" },
    });
    expect(good.status).toBe(200);
  });

  test("is not made of tokens in the open, and is none itself", async () => {
    await visitor.signIn("/echo", plain);
    const [name = ""] = sessionNames;
    const sealed = visitor.cookies.get(name) ?? "";
    expect(sealed).toMatch(/^[\w-]{1000,}$/);
    const bearer = await viaApp(target, { path: "/me", token: sealed });
    expect([bearer.status, bearer.json()["code"]]).toEqual([401, "token_malformed"]);
    for (const value of [target.tokens.access, target.tokens.id]) {
      visitor.cookies.set(name, value);
      const answer = await visitor.call("/echo");
      expect([answer.status, answer.json()["code"]]).toEqual([401, "token_missing"]);
      expect(sessionCookies()).toEqual([]);
    }
  });

  const spoilt: [what: string, spoil: (sealed: string) => Readonly<Record<string, string>>][] = [
    [
      "with a character changed",
      (sealed) => ({
        "session.1of1": `${sealed.slice(0, 99)}${sealed[99] === "A" ? "B" : "A"}${sealed.slice(100)}`,
      }),
    ],
    ["of which half is left", (sealed) => ({ "session.1of1": sealed.slice(0, sealed.length / 2) })],
    ["under another name", (sealed) => ({ "access.1of1": sealed })],
    ["that says it has two parts", (sealed) => ({ "session.1of2": sealed })],
    ["twice as long", (sealed) => ({ "session.1of1": sealed.repeat(2) })],
  ];

  test.each(spoilt)(
    "%s is none: the answer is nobody's, but for the end of its cookies",
    async (_what, spoil) => {
      await visitor.signIn("/echo", plain);
      const sealed = visitor.cookies.get(sessionNames[0] ?? "") ?? "";
      const nobody = createVisitor(target);
      const known = (answer: Answer) => [
        answer.status,
        ...answer.headers.filter(([name]) => !/^(set-cookie|date|x-|via|age|www-auth)/.test(name)),
      ];
      const withoutIds = (answer: Answer) => answer.text().replace(/"requestId":"[^"]*"/, "");
      visitor.cookies.clear();
      for (const [name, value] of Object.entries(spoil(sealed)))
        visitor.cookies.set(`__Host-Http-gatehouse-${name}`, value);
      const [answer, expected] = [await visitor.call("/echo"), await nobody.call("/echo")];
      expect([known(answer), withoutIds(answer)]).toEqual([known(expected), withoutIds(expected)]);
      expect(setCookies(answer).every((line) => line.includes("=; Max-Age=0; "))).toBe(true);
      expect((await visitor.call("/public/health")).status).toBe(200);
    },
  );

  test("of an earlier version is none, and ends", async () => {
    visitor.cookies.set("__Host-gatehouse-access.1of1", target.tokens.access);
    visitor.cookies.set("__Host-gatehouse-refresh.1of1", "a.b.c.d.e");
    const answer = await visitor.call("/echo");
    expect([answer.status, answer.json()["code"]]).toEqual([401, "token_missing"]);
    expect([...visitor.cookies]).toEqual([]);
  });

  const crossSite: [what: string, sent: Sent, status: number, code?: string][] = [
    ["its own form", { method: "POST", headers: { "sec-fetch-site": "same-origin" } }, 200],
    ["an old browser's own form", { method: "POST", headers: { origin: "own" } }, 200],
    [
      "a form of another site",
      { method: "POST", headers: { "sec-fetch-site": "cross-site" } },
      403,
    ],
    ["a form of a sibling", { method: "POST", headers: { "sec-fetch-site": "same-site" } }, 403],
    [
      "an old browser's foreign form",
      { method: "POST", headers: { origin: "http://evil.example" } },
      403,
    ],
    ["a form from a sandbox", { method: "POST", headers: { origin: "null" } }, 403],
    [
      "a foreign origin that says it is ours",
      {
        method: "POST",
        headers: { origin: "http://evil.example", "sec-fetch-site": "same-origin" },
      },
      403,
    ],
    ["a form that says nothing", { method: "POST" }, 403],
    ["a deletion that says nothing", { method: "DELETE", headers: { "content-length": "0" } }, 403],
    [
      "an image on another site",
      {
        headers: {
          ...script,
          "sec-fetch-site": "cross-site",
          "sec-fetch-dest": "image",
          "sec-fetch-mode": "no-cors",
        },
      },
      401,
    ],
    [
      "a frame on another site",
      { headers: { ...navigation, "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" } },
      401,
    ],
    ["a link on another site", { headers: { ...navigation, "sec-fetch-site": "cross-site" } }, 200],
  ];
  test.each(crossSite)("%s", async (_what, { headers = {}, ...sent }, status) => {
    await visitor.signIn("/echo", plain);
    const origin = headers["origin"] === "own" ? { origin: target.appUrl } : {};
    const answer = await visitor.send({
      path: "/echo",
      ...sent,
      headers: { ...headers, ...origin },
    });
    expect(answer.status).toBe(status);
    const onPublic = await visitor.send({
      path: "/public/echo",
      ...sent,
      headers: { ...headers, ...origin },
    });
    // A public path asks for no session, and still takes no foreign request that holds one.
    expect(onPublic.status).toBe(status === 401 ? 200 : status);
  });

  test.each(["x-forwarded-host", "forwarded", "x-forwarded-proto", "x-original-host"])(
    "%s changes nothing about where the app is",
    async (name) => {
      const headers = { [name]: "evil.example", origin: "http://evil.example" };
      await visitor.signIn("/echo", plain);
      const post = await visitor.send({ method: "POST", path: "/echo", headers });
      expect(post.status).toBe(403);
      for (const path of ["/.auth/login", "/.auth/logout", "/.auth/callback?code=x", "/echo"]) {
        const answer = await send(target.appUrl, { path, headers: { ...navigation, ...headers } });
        expect(`${answer.header("location") ?? ""}${answer.text()}`).not.toContain("evil");
      }
    },
  );
});

describe("refresh", () => {
  test("gives new cookies, and Cognito goes on taking the old token for a grace period", async () => {
    await visitor.signIn("/echo", plain);
    const before = new Map(visitor.cookies);
    const answer = await visitor.call("/.auth/refresh", { method: "POST" });
    expect([answer.status, answer.text()]).toEqual([204, ""]);
    expect(sessionCookies()).toEqual(sessionNames);
    for (const name of sessionNames) expect(visitor.cookies.get(name)).not.toBe(before.get(name));
    expect((await visitor.call("/echo")).status).toBe(200);
    const tab = createVisitor(target);
    for (const [name, value] of before) tab.cookies.set(name, value);
    expect((await tab.call("/.auth/refresh", { method: "POST" })).status).toBe(204);
  });

  test.each([
    ["GET", script, 405, "method_not_allowed"],
    ["POST", { ...script, "sec-fetch-site": "cross-site" }, 403, "cross_site"],
    ["POST", {}, 403, "cross_site"],
    ["POST", script, 401, "token_missing"],
  ])("by %s with %j and no session is %d %s", async (method, headers, status, code) => {
    const answer = await visitor.send({ method, path: "/.auth/refresh", headers });
    expect([answer.status, answer.json()["code"]]).toEqual([status, code]);
    expect(answer.header("allow")).toBe(status === 405 ? "POST" : undefined);
  });

  test("of half of one person's session with half of another's ends both in this browser", async () => {
    const other = createVisitor(target);
    await visitor.signIn("/echo", plain);
    await other.signIn("/echo", admin);
    const [name = ""] = sessionNames;
    const [mine, theirs] = [visitor, other].map(({ cookies }) => cookies.get(name) ?? "");
    visitor.cookies.set(name, `${mine?.slice(0, 1400)}${theirs?.slice(1400)}`);
    const answer = await visitor.call("/.auth/refresh", { method: "POST" });
    expect([answer.status, answer.json()["code"]]).toEqual([401, "token_missing"]);
    expect(sessionCookies()).toEqual([]);
  });
});

describe("sign-out", () => {
  test("revokes the refresh token, ends every cookie and leads through the hosted sign-out", async () => {
    await visitor.signIn("/echo", plain);
    await visitor.open("/.auth/login");
    const kept = new Map(visitor.cookies);
    const answer = await visitor.send({
      method: "POST",
      path: "/.auth/logout",
      headers: { ...navigation, "sec-fetch-site": "same-origin" },
    });
    const url = new URL(locationOf(answer));
    expect([answer.status, `${url.origin}${url.pathname}`]).toEqual([
      302,
      `${authUrl(target)}/logout`,
    ]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: target.clients.web.id,
      logout_uri: `${target.appUrl}/.auth/signed-out`,
    });
    expect([...visitor.cookies]).toEqual([]);
    // A copy of the session is good for as long as its access token, and never renewed.
    const copy = createVisitor(target);
    for (const [name, value] of kept) copy.cookies.set(name, value);
    const refused = await copy.call("/.auth/refresh", { method: "POST" });
    expect([refused.status, refused.json()["code"]]).toEqual([401, "token_expired"]);
    expect((await visitor.open("/.auth/signed-out")).text()).toContain("You are signed out");
  });

  test.each([
    ["another site's link", { ...navigation, "sec-fetch-site": "cross-site" }],
    ["the address bar", navigation],
    ["a prefetch", { ...navigation, "sec-fetch-site": "same-origin", "sec-purpose": "prefetch" }],
    ["an image", { ...script, "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors" }],
    ["an old browser", { accept: "text/html" }],
  ])("by %s asks first", async (_what, headers) => {
    await visitor.signIn("/echo", plain);
    const answer = await visitor.send({ path: "/.auth/logout?return_to=/public/health", headers });
    expect([answer.status, setCookies(answer)]).toEqual([200, []]);
    expect(answer.text()).toContain(
      '<form method="post" action="/.auth/logout?return_to=%2Fpublic%2Fhealth">',
    );
    expect((await visitor.call("/echo")).status).toBe(200);
  });

  test("by another site's form is refused", async () => {
    await visitor.signIn("/echo", plain);
    const answer = await visitor.send({
      method: "POST",
      path: "/.auth/logout",
      headers: { ...navigation, "sec-fetch-site": "cross-site", origin: "http://evil.example" },
    });
    expect([answer.status, setCookies(answer)]).toEqual([403, []]);
  });
});

describe("below /.auth/", () => {
  test.each([
    ["/.auth/unknown", 404, "sign_in_unknown"],
    ["/.auth", 404, "sign_in_unknown"],
    ["/.auth/me/", 404, "sign_in_unknown"],
    ["/.AUTH/me", 400, "path_ambiguous"],
    ["/%2eauth/me", 400, "path_ambiguous"],
    ["//.auth/me", 400, "path_ambiguous"],
    ["/x%2F..%2F.auth/me", 400, "path_malformed"],
  ])("%s never reaches the backend", async (path, status, code) => {
    await visitor.signIn("/echo", plain);
    const answer = await visitor.call(path);
    expect([answer.status, answer.json()["code"]]).toEqual([status, code]);
  });

  test("the guard's pages let nothing in and cannot be framed", async () => {
    const answer = await visitor.open("/.auth/logout");
    const style = /<style>([^]*)<\/style>/.exec(answer.text())?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.header("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${authUrl(target)}; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(answer.header("cross-origin-opener-policy")).toBe("same-origin");
    expect(answer.header("referrer-policy")).toBe("same-origin");
    const callback = await visitor.open("/.auth/callback?code=x");
    expect(callback.header("referrer-policy")).toBe("no-referrer");
    expect(answer.header("cache-control")).toBe("no-store");
    expect(answer.header("x-frame-options")).toBe("DENY");
  });
});
