import { createHash } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  callbackUrl,
  decodeJwt,
  hiddenField,
  locationOf,
  logoutUrl,
  openBrowser,
  password,
  pkcePair,
  startCognito,
} from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";

let stand: CognitoUnderTest;
let web: string;
let walkthrough: string;
let machine: { id: string; secret: string };

beforeAll(async () => {
  stand = await startCognito();
  web = stand.cognito.clientId("spa");
  walkthrough = stand.cognito.clientId("walkthrough");
  machine = {
    id: stand.cognito.clientId("machine"),
    secret: stand.cognito.clientSecret("machine"),
  };
});
beforeEach(() => {
  stand.explained.length = 0;
});
afterAll(() => stand.close());

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
const codeQuery = (more: Record<string, string> = {}) =>
  query({
    client_id: web,
    redirect_uri: callbackUrl,
    response_type: "code",
    scope: "openid email",
    ...more,
  });
const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stand.origin}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers,
  });
const exchange = (code: string, more: Record<string, string> = {}) =>
  token({
    grant_type: "authorization_code",
    client_id: web,
    redirect_uri: callbackUrl,
    code,
    ...more,
  });
const refresh = (refreshToken: string, clientId = web) =>
  token({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken });
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
const userInfo = (accessToken: string) =>
  fetch(`${stand.origin}/oauth2/userInfo`, { headers: { authorization: `Bearer ${accessToken}` } });

/** A code for a user who signs in at the form. */
async function codeFor(username: string, more: Record<string, string> = {}): Promise<string> {
  const response = await openBrowser(stand.origin).signIn(codeQuery(more), username, password);
  return locationOf(response).searchParams.get("code") ?? "";
}

interface TokenBody {
  id_token: string;
  access_token: string;
  refresh_token: string;
}
const tokensIn = async (response: Response) => {
  expect(response.status).toBe(200);
  const body: TokenBody = await response.json();
  return body;
};
const signedIn = async (username = "alice") => tokensIn(await exchange(await codeFor(username)));

const stateOf = async (raw: string) => {
  const back = await openBrowser(stand.origin).signIn(
    `${codeQuery()}&state=${raw}`,
    "alice",
    password,
  );
  return (back.headers.get("location") ?? "").split("&state=").slice(1).join("&state=");
};
const implicitQuery = (scope: string) =>
  query({
    client_id: walkthrough,
    redirect_uri: callbackUrl,
    response_type: "token",
    scope,
    state: "s",
    nonce: "n",
  });
const revoke = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stand.origin}/oauth2/revoke`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers,
  });
const askAsMachine = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  token({ grant_type: "client_credentials", ...fields }, headers);
/** Status and body, to be compared as a whole. */
const answerOf = async (response: Response): Promise<unknown> => [
  response.status,
  await response.json(),
];

describe("a sign-in with a code", () => {
  test("goes from authorize to the form, to the app, and its code becomes three tokens", async () => {
    const { verifier, challenge } = pkcePair();
    const asked = codeQuery({
      state: "abc_-1",
      nonce: "n-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    const browser = openBrowser(stand.origin);
    const toForm = await browser.get(`/oauth2/authorize?${asked}`);
    expect(toForm.status).toBe(302);
    expect(toForm.headers.get("location")).toBe(`${stand.origin}/login?${asked}`);

    const back = await browser.signIn(asked, "alice", password);
    expect(back.status).toBe(302);
    const location = back.headers.get("location") ?? "";
    expect(location).toMatch(
      /^http:\/\/app\.localhost:4280\/\.auth\/callback\?code=[0-9a-f-]{36}&state=abc_-1$/,
    );

    const code = new URL(location).searchParams.get("code") ?? "";
    const answer = await exchange(code, { code_verifier: verifier });
    expect(answer.headers.get("content-type")).toBe("application/json;charset=UTF-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const body: TokenBody = await answer.json();
    expect(Object.keys(body)).toEqual([
      "id_token",
      "access_token",
      "refresh_token",
      "expires_in",
      "token_type",
    ]);
    expect(body).toMatchObject({ expires_in: 3600, token_type: "Bearer" });
    expect(decodeJwt(body.id_token).claims).toMatchObject({
      nonce: "n-1",
      "cognito:username": "alice",
      aud: web,
    });
    expect(decodeJwt(body.access_token).claims).toMatchObject({
      scope: "openid email",
      client_id: web,
    });
    expect(body.refresh_token.split(".")).toHaveLength(5);
    expect(stand.explained).toEqual([]);
  });

  test("works with every scope of the client when none is asked for", async () => {
    const asked = query({ client_id: web, redirect_uri: callbackUrl, response_type: "code" });
    const back = await openBrowser(stand.origin).signIn(asked, "alice", password);
    const { access_token } = await tokensIn(
      await exchange(locationOf(back).searchParams.get("code") ?? ""),
    );
    expect(decodeJwt(access_token).claims["scope"]).toBe("openid email profile api/read");
  });

  test("keeps the query of a registered address", async () => {
    const asked = codeQuery({ redirect_uri: `${logoutUrl}?fixed=1` });
    const back = await openBrowser(stand.origin).signIn(asked, "alice", password);
    expect(back.headers.get("location")).toMatch(
      /^http:\/\/app\.localhost:4280\/\?fixed=1&code=[0-9a-f-]{36}$/,
    );
  });

  test("needs no form within the hour, and the first sign-in's auth_time stays", async () => {
    const browser = openBrowser(stand.origin);
    const back = await browser.signIn(codeQuery(), "alice", password);
    const cookie = back.headers.getSetCookie().find((line) => line.startsWith("cognito="));
    expect(cookie).toMatch(
      /^cognito=[0-9a-f-]{36}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const first = await tokensIn(await exchange(locationOf(back).searchParams.get("code") ?? ""));
    stand.clock.advance(3500);
    const again = locationOf(
      await browser.get(`/oauth2/authorize?${codeQuery({ prompt: "none" })}`),
    );
    const second = await tokensIn(await exchange(again.searchParams.get("code") ?? ""));
    expect(decodeJwt(second.id_token).claims["auth_time"]).toBe(
      decodeJwt(first.id_token).claims["auth_time"],
    );
    expect(
      locationOf(await browser.get(`/oauth2/authorize?${codeQuery({ prompt: "login" })}`)).pathname,
    ).toBe("/login");
    stand.clock.advance(200);
    expect(locationOf(await browser.get(`/oauth2/authorize?${codeQuery()}`)).pathname).toBe(
      "/login",
    );
  });

  test("survives a global sign-out in the browser, but not the user being disabled", async () => {
    const browser = openBrowser(stand.origin);
    await browser.signIn(codeQuery(), "ada", password);
    await stand.run("AdminUserGlobalSignOut", { Username: "ada" });
    expect(
      locationOf(await browser.get(`/oauth2/authorize?${codeQuery()}`)).searchParams.has("code"),
    ).toBe(true);
    await stand.run("AdminDisableUser", { Username: "ada" });
    expect(locationOf(await browser.get(`/oauth2/authorize?${codeQuery()}`)).pathname).toBe(
      "/login",
    );
    await stand.run("AdminEnableUser", { Username: "ada" });
  });
});

describe("the state", () => {
  test.each([
    [
      "what was encoded comes back decoded, with its own parameters",
      "/a%3Fx%3D1%26state%3D2",
      "/a?x=1&state=2",
    ],
    ["an escaped percent sign loses one level only", "a%2541", "a%41"],
    ["a plus becomes a space", "a+b", "a b"],
    ["base64url survives", "eyJhIjoxfQ_-", "eyJhIjoxfQ_-"],
  ])("%s", async (_what, sent, returned) => {
    expect(await stateOf(sent)).toBe(returned);
  });

  test.each(["a%0d%0aSet-Cookie:x=1", "%00", "%E2%82%AC"])(
    "is refused when %s cannot be a header",
    async (raw) => {
      const location = locationOf(
        await openBrowser(stand.origin).get(`/login?${codeQuery()}&state=${raw}`),
      );
      expect(location.href).toBe(`${stand.origin}/error?error=invalid_request&client_id=${web}`);
    },
  );
});

describe("a request that names a client or address that cannot be believed", () => {
  const evil = "https://evil.example/callback";
  const cases: [why: string, parameters: () => Record<string, string>, error: string][] = [
    [
      "another host",
      () => ({ client_id: web, redirect_uri: evil, response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "one slash more",
      () => ({ client_id: web, redirect_uri: `${callbackUrl}/`, response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "another case",
      () => ({ client_id: web, redirect_uri: callbackUrl.toUpperCase(), response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "a query of its own",
      () => ({ client_id: web, redirect_uri: `${callbackUrl}?x=1`, response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "a sign-out address",
      () => ({ client_id: web, redirect_uri: logoutUrl, response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "a machine's client",
      () => ({ client_id: machine.id, redirect_uri: callbackUrl, response_type: "code" }),
      "redirect_mismatch",
    ],
    [
      "an unknown client",
      () => ({ client_id: "nobody", redirect_uri: callbackUrl, response_type: "code" }),
      "invalid_request",
    ],
  ];

  for (const path of ["/oauth2/authorize", "/login"]) {
    test.each(cases)(`stays on the domain at ${path}: %s`, async (_why, parameters, error) => {
      const asked = parameters();
      const location = locationOf(await openBrowser(stand.origin).get(`${path}?${query(asked)}`));
      expect(location.href).toBe(
        `${stand.origin}/error?error=${error}&client_id=${asked["client_id"]}`,
      );
      expect(stand.explained).toHaveLength(1);
    });
  }

  test("is refused at the form too, with the right password", async () => {
    const browser = openBrowser(stand.origin);
    const form = await (await browser.get(`/login?${codeQuery()}`)).text();
    const fields = { _csrf: hiddenField(form, "_csrf"), username: "alice", password };
    const location = locationOf(
      await browser.post(`/login?${codeQuery({ redirect_uri: evil })}`, fields),
    );
    expect(location.href).toBe(`${stand.origin}/error?error=redirect_mismatch&client_id=${web}`);
    expect(browser.cookies.has("cognito")).toBe(false);
  });

  test("is refused when a parameter comes twice", async () => {
    const twice = `${codeQuery()}&redirect_uri=${encodeURIComponent(evil)}`;
    const location = locationOf(await openBrowser(stand.origin).get(`/oauth2/authorize?${twice}`));
    expect(location.href).toBe(`${stand.origin}/error?error=invalid_request&client_id=${web}`);
  });

  test.each(["", "client_id=x", `redirect_uri=${encodeURIComponent(callbackUrl)}`])(
    "says that parameters are missing for %j",
    async (asked) => {
      const location = locationOf(
        await openBrowser(stand.origin).get(`/oauth2/authorize?${asked}`),
      );
      expect(location.href).toBe(`${stand.origin}/error?error=Required+parameters+missing`);
    },
  );
});

describe("the terminal says what came when it is refused:", () => {
  const known = () =>
    `web ${stand.cognito.clientId("web")}, spa ${web}, machine ${machine.id}, walkthrough ${walkthrough}`;
  const registered = `${callbackUrl}, ${logoutUrl}?fixed=1`;
  const asked = (parameters: Record<string, string>) =>
    openBrowser(stand.origin).get(`/oauth2/authorize?${codeQuery(parameters)}`);
  const mismatch = (received: string) =>
    `cognito: sign-in refused: redirect_uri is not one of the client's (${registered}), character by character; received ${received}`;

  test.each([
    [
      "https://evil.example/cb?code=s3cret#s3cret",
      "https://evil.example/cb with a query and a fragment",
    ],
    [`${callbackUrl}?x=s3cret`, `${callbackUrl} with a query`],
    [`${callbackUrl}/`, `${callbackUrl}/`],
    ["s3cret", "something unreadable"],
  ])("the address %j", async (redirectUri, received) => {
    await asked({ redirect_uri: redirectUri });
    expect(stand.explained).toEqual([mismatch(received)]);
  });

  test("a token in the address is a hash", async () => {
    const { id_token: idToken } = await signedIn();
    await asked({ redirect_uri: `https://evil.example/${idToken}` });
    const hash = createHash("sha256").update(idToken).digest("hex").slice(0, 8);
    expect(stand.explained).toEqual([mismatch(`https://evil.example/sha256:${hash}`)]);
  });

  test("the clients there are, when another is asked for", async () => {
    await asked({ client_id: "s3cret" });
    await token({ grant_type: "refresh_token", client_id: "s3cret" });
    await openBrowser(stand.origin).get(`/logout?client_id=s3cret&logout_uri=${logoutUrl}`);
    expect(stand.explained).toEqual([
      `cognito: sign-in refused: no app client has this client_id; the known ones are ${known()}`,
      `cognito: /oauth2/token refused: invalid_client: no app client has this client_id; the known ones are ${known()}`,
      `cognito: /logout refused: no app client has this client_id; the known ones are ${known()}`,
    ]);
  });

  test("the address to go to after signing out", async () => {
    await openBrowser(stand.origin).get(`/logout?client_id=${web}&logout_uri=${logoutUrl}x?s3cret`);
    expect(stand.explained).toEqual([
      `cognito: /logout refused: the address is not one of the client's (${logoutUrl}); received ${logoutUrl}x with a query`,
    ]);
  });

  test("the address when a code is exchanged", async () => {
    await exchange(await codeFor("alice"), { redirect_uri: "https://evil.example/cb?s3cret" });
    expect(stand.explained).toEqual([
      `cognito: /oauth2/token refused: invalid_grant: redirect_uri is not the one that the sign-in used (${callbackUrl}); received https://evil.example/cb with a query`,
    ]);
  });
});

describe("a request that the app gets back as an error", () => {
  const challenge = "x".repeat(43);
  const wrongScope = "error_description=invalid_scope&error=invalid_request";
  const cases: [why: string, more: Record<string, string>, error: string][] = [
    ["no response_type", { response_type: "" }, "invalid_request"],
    ["another response_type", { response_type: "id_token" }, "invalid_request"],
    ["a challenge without a method", { code_challenge: challenge }, "invalid_request"],
    [
      "the plain method",
      { code_challenge: challenge, code_challenge_method: "plain" },
      "invalid_request",
    ],
    ["a method without a challenge", { code_challenge_method: "S256" }, "invalid_request"],
    [
      "a challenge that is not a SHA-256",
      { code_challenge: "short", code_challenge_method: "S256" },
      "invalid_request",
    ],
    ["a scope that nobody knows", { scope: "openid nonsense" }, wrongScope],
    ["a scope that the client does not have", { scope: "openid phone" }, wrongScope],
    ["a scope of the API that people do not have", { scope: "openid api/write" }, wrongScope],
    ["the admin scope", { scope: "aws.cognito.signin.user.admin" }, wrongScope],
    [
      "an identity provider that the pool lacks",
      { identity_provider: "Google" },
      "invalid_request",
    ],
    ["prompt=none without a session", { prompt: "none" }, "login_required"],
  ];

  test.each(cases)("in the query: %s", async (_why, more, error) => {
    const response = await openBrowser(stand.origin).get(
      `/oauth2/authorize?${codeQuery({ state: "s", ...more })}`,
    );
    expect(response.status).toBe(302);
    const said = error.includes("=") ? error : `error=${error}`;
    expect(response.headers.get("location")).toBe(`${callbackUrl}?${said}`);
    expect(stand.explained).toHaveLength(1);
  });

  test.each([
    ["a client without the implicit flow", () => ({}), "error=unauthorized_client"],
    [
      "a scope that nobody knows",
      () => ({ client_id: walkthrough, scope: "openid nonsense" }),
      wrongScope,
    ],
    [
      "a scope of the API that people do not have",
      () => ({ client_id: walkthrough, scope: "openid api/write" }),
      wrongScope,
    ],
  ])("in the fragment, where tokens would be: %s", async (_why, more, said) => {
    const response = await openBrowser(stand.origin).get(
      `/oauth2/authorize?${codeQuery({ response_type: "token", ...more() })}`,
    );
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      `${callbackUrl}#${said}`,
    ]);
  });
});

describe("the form", () => {
  test("shows one sentence for every wrong sign-in, and the terminal says which it was", async () => {
    await stand.run("AdminDisableUser", { Username: "ada" });
    const pages = new Set<string>();
    for (const [username, secret] of [
      ["alice", "Wrong-horse-1"],
      ["nobody", password],
      ["ada", password],
    ] as const) {
      const browser = openBrowser(stand.origin);
      const response = await browser.signIn(codeQuery(), username, secret);
      expect(response.status).toBe(400);
      expect(browser.cookies.has("cognito")).toBe(false);
      const html = await response.text();
      expect(html).toContain(
        '<p class="problem" id="problem" role="alert">Incorrect username or password.</p>',
      );
      pages.add(html.replaceAll(hiddenField(html, "_csrf"), ""));
    }
    await stand.run("AdminEnableUser", { Username: "ada" });
    expect(pages.size).toBe(1);
    expect(stand.explained).toEqual([
      "cognito: sign-in refused: wrong password",
      "cognito: sign-in refused: no such user",
      "cognito: sign-in refused: disabled",
    ]);
  });

  test.each([
    ["no _csrf field", { _csrf: undefined }, undefined],
    ["another _csrf field", { _csrf: "x".repeat(43) }, undefined],
    ["no cookie", {}, ""],
    ["an empty pair", { _csrf: "" }, "XSRF-TOKEN="],
  ])("refuses the right password with %s", async (_why, change, cookie) => {
    const browser = openBrowser(stand.origin);
    const form = await (await browser.get(`/login?${codeQuery()}`)).text();
    const fields = new Map<string, string | undefined>([
      ["_csrf", hiddenField(form, "_csrf")],
      ["username", "alice"],
      ["password", password],
      ...Object.entries(change),
    ]);
    const body = new URLSearchParams(
      [...fields].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const response = await fetch(`${stand.origin}/login?${codeQuery()}`, {
      method: "POST",
      body,
      headers: { cookie: cookie ?? `XSRF-TOKEN=${browser.cookies.get("XSRF-TOKEN")}` },
      redirect: "manual",
    });
    expect(response.status).toBe(403);
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toContain("This form was out of date. Please sign in again.");
  });

  test("asks for a new password after a temporary one", async () => {
    const temporary = "Temporary-pass-1";
    const chosen = "Chosen-by-me-1";
    await stand.run("AdminSetUserPassword", {
      Username: "newcomer",
      Password: temporary,
      Permanent: false,
    });
    const browser = openBrowser(stand.origin);
    const second = await browser.signIn(codeQuery({ state: "s" }), "newcomer", temporary);
    expect(second.status).toBe(200);
    expect(browser.cookies.has("cognito")).toBe(false);
    const form = await second.text();
    expect(form).toContain('<label for="new_password">New password</label>');
    const answer = (newPassword: string, again = newPassword) =>
      browser.post(`/login?${codeQuery({ state: "s" })}`, {
        _csrf: hiddenField(form, "_csrf"),
        session: hiddenField(form, "session"),
        new_password: newPassword,
        confirm_password: again,
      });

    const weak = await answer("weak");
    expect(weak.status).toBe(400);
    expect(await weak.text()).toContain(
      "Password did not conform with policy: Password not long enough.",
    );
    const differing = await answer(chosen, "Chosen-by-me-2");
    expect(differing.status).toBe(400);
    expect(await differing.text()).toContain("The two passwords differ.");
    const done = await answer(chosen);
    expect(done.headers.get("location")).toMatch(/\/callback\?code=[0-9a-f-]{36}&state=s$/);
    const replayed = await answer("Another-one-1");
    expect(replayed.status).toBe(400);
    expect(await replayed.text()).toContain("That took too long.");

    const old = await openBrowser(stand.origin).signIn(codeQuery(), "newcomer", temporary);
    expect(old.status).toBe(400);
    const fresh = await openBrowser(stand.origin).signIn(codeQuery(), "newcomer", chosen);
    expect(fresh.status).toBe(302);
  });

  test("takes a temporary password for seven days", async () => {
    const temporary = "Temporary-pass-2";
    await stand.run("AdminSetUserPassword", {
      Username: "newcomer",
      Password: temporary,
      Permanent: false,
    });
    stand.clock.advance(7 * 24 * 3600);
    const late = await openBrowser(stand.origin).signIn(codeQuery(), "newcomer", temporary);
    expect(late.status).toBe(400);
    expect(stand.explained).toEqual(["cognito: sign-in refused: temporary password expired"]);
  });

  test("refuses other methods and types, and bodies over 64 KB", async () => {
    const post = (body: string, type: string) =>
      fetch(`${stand.origin}/login?${codeQuery()}`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
    expect((await post("{}", "application/json")).status).toBe(405);
    expect(
      (await post(`a=${"x".repeat(70_000)}`, "application/x-www-form-urlencoded")).status,
    ).toBe(413);
    expect((await fetch(`${stand.origin}/login`, { method: "DELETE" })).status).toBe(405);
    expect((await fetch(`${stand.origin}/elsewhere`)).status).toBe(404);
  });
});

describe("a code", () => {
  const rows: [why: string, send: (code: string) => Promise<Response>, error: string][] = [
    [
      "another redirect_uri",
      (code) => exchange(code, { redirect_uri: `${logoutUrl}?fixed=1` }),
      "invalid_grant",
    ],
    [
      "no redirect_uri",
      (code) => token({ grant_type: "authorization_code", client_id: web, code }),
      "invalid_request",
    ],
    ["another client", (code) => exchange(code, { client_id: walkthrough }), "invalid_grant"],
    [
      "a verifier that nothing asked for",
      (code) => exchange(code, { code_verifier: pkcePair().verifier }),
      "invalid_grant",
    ],
    ["an unknown code", () => exchange("00000000-0000-0000-0000-000000000000"), "invalid_grant"],
  ];

  test.each(rows)("is refused with %s", async (_why, send, error) => {
    expect(await answerOf(await send(await codeFor("alice")))).toEqual([400, { error }]);
    expect(stand.explained).toHaveLength(1);
  });

  test.each([
    ["no verifier", () => ({})],
    ["the wrong verifier", () => ({ code_verifier: pkcePair().verifier })],
    ["the challenge as its own verifier", (challenge: string) => ({ code_verifier: challenge })],
  ])(
    "with PKCE is refused with %s, and then used up",
    async (_why, fields: (challenge: string) => Record<string, string>) => {
      const { verifier, challenge } = pkcePair();
      const code = await codeFor("alice", {
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      expect(await answerOf(await exchange(code, fields(challenge)))).toEqual([
        400,
        { error: "invalid_grant" },
      ]);
      expect(await answerOf(await exchange(code, { code_verifier: verifier }))).toEqual([
        400,
        { error: "invalid_grant" },
      ]);
    },
  );

  const refusedAs = (why: string) =>
    `cognito: /oauth2/token refused: invalid_grant: the code ${why}`;
  const usedBefore = refusedAs("was already used; a single attempt uses it up, successful or not");

  test("is taken once", async () => {
    const code = await codeFor("alice");
    expect((await exchange(code)).status).toBe(200);
    expect(await answerOf(await exchange(code))).toEqual([400, { error: "invalid_grant" }]);
    expect(stand.explained).toEqual([usedBefore]);
  });

  test("that was used is called so for good, after a failed attempt and when it is old too", async () => {
    const code = await codeFor("alice");
    await exchange(code, { client_id: walkthrough });
    stand.explained.length = 0;
    await exchange(code);
    stand.clock.advance(300);
    await exchange(code);
    expect(stand.explained).toEqual([usedBefore, usedBefore]);
  });

  test("that nobody was given is called so", async () => {
    await exchange("00000000-0000-0000-0000-000000000000");
    expect(stand.explained).toEqual([
      refusedAs("is unknown: this run of the stack did not issue it"),
    ]);
  });

  test("is taken for five minutes", async () => {
    const inTime = await codeFor("alice");
    stand.clock.advance(299);
    expect((await exchange(inTime)).status).toBe(200);
    const late = await codeFor("alice");
    stand.clock.advance(300);
    expect(await answerOf(await exchange(late))).toEqual([400, { error: "invalid_grant" }]);
    await exchange(late);
    const expired = refusedAs("is older than 5 minutes");
    expect(stand.explained).toEqual([expired, expired]);
  });

  test("is refused when its user was disabled meanwhile", async () => {
    const code = await codeFor("ada");
    await stand.run("AdminDisableUser", { Username: "ada" });
    expect(await answerOf(await exchange(code))).toEqual([400, { error: "invalid_grant" }]);
    await stand.run("AdminEnableUser", { Username: "ada" });
  });
});

describe("the implicit flow", () => {
  test("brings tokens in the fragment, and no refresh token", async () => {
    const back = await openBrowser(stand.origin).signIn(implicitQuery("openid"), "alice", password);
    const location = back.headers.get("location") ?? "";
    const jwt = String.raw`[\w-]+\.[\w-]+\.[\w-]+`;
    expect(location).toMatch(
      new RegExp(
        `^http://app\\.localhost:4280/\\.auth/callback#id_token=${jwt}&access_token=${jwt}&token_type=bearer&expires_in=3600&state=s$`,
      ),
    );
    const fragment = new URLSearchParams(new URL(location).hash.slice(1));
    expect(decodeJwt(fragment.get("id_token") ?? "").claims).toMatchObject({
      aud: walkthrough,
      nonce: "n",
    });
  });

  test("brings no ID token without the scope openid", async () => {
    const back = await openBrowser(stand.origin).signIn(implicitQuery("email"), "alice", password);
    const fragment = new URLSearchParams(locationOf(back).hash.slice(1));
    expect([...fragment.keys()]).toEqual(["access_token", "token_type", "expires_in", "state"]);
  });
});

describe("a client with a secret", () => {
  const withSecret = () => ({
    id: stand.cognito.clientId("web"),
    secret: stand.cognito.clientSecret("web"),
  });
  const invalidClient = [
    400,
    { error: "invalid_client", error_description: "invalid_client_secret" },
  ];

  test("gets nothing for a code without it, and the code stays good", async () => {
    const { id, secret } = withSecret();
    const code = await codeFor("alice", { client_id: id });
    expect(await answerOf(await exchange(code, { client_id: id }))).toEqual(invalidClient);
    const wrong = { client_id: id, client_secret: `${secret}x` };
    expect(await answerOf(await exchange(code, wrong))).toEqual(invalidClient);
    expect((await exchange(code, { client_id: id, client_secret: secret })).status).toBe(200);
  });

  test("gets nothing for a refresh token without it", async () => {
    const { id, secret } = withSecret();
    const { refresh: stolen } = await stand.cognito.tokensFor("alice", "web");
    expect(await answerOf(await refresh(stolen, id))).toEqual(invalidClient);
    const machineHas = basic(id, machine.secret);
    const fields = { grant_type: "refresh_token", refresh_token: stolen };
    expect(await answerOf(await token(fields, machineHas))).toEqual(invalidClient);
    // Nor does a client without a secret get something for it.
    expect(await answerOf(await refresh(stolen, web))).toEqual([400, { error: "invalid_grant" }]);
    expect((await token(fields, basic(id, secret))).status).toBe(200);
  });

  test("cannot revoke without it", async () => {
    const { id, secret } = withSecret();
    const { refresh: stolen } = await stand.cognito.tokensFor("alice", "web");
    expect(await answerOf(await revoke({ token: stolen, client_id: id }))).toEqual([
      401,
      { error: "invalid_client" },
    ]);
    expect((await revoke({ token: stolen }, basic(id, secret))).status).toBe(200);
  });
});

describe("refreshing", () => {
  test("rotates, and the old token works for the grace period only", async () => {
    const first = await signedIn();
    const second = await tokensIn(await refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    stand.clock.advance(59);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    stand.clock.advance(1);
    expect(await answerOf(await refresh(first.refresh_token))).toEqual([
      400,
      { error: "invalid_grant" },
    ]);
    expect(stand.explained).toEqual([
      "cognito: /oauth2/token refused: invalid_grant: the refresh token is refused: reused",
    ]);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test("keeps auth_time, origin_jti and scopes; jti and event_id are new, and the nonce is gone", async () => {
    const first = await tokensIn(await exchange(await codeFor("alice", { nonce: "n" })));
    stand.clock.advance(100);
    const second = await tokensIn(await refresh(first.refresh_token));
    const before = decodeJwt(first.id_token).claims;
    const after = decodeJwt(second.id_token).claims;
    for (const name of ["auth_time", "origin_jti", "sub", "aud"])
      expect(after[name]).toBe(before[name]);
    for (const name of ["jti", "event_id"]) expect(after[name]).not.toBe(before[name]);
    expect(Number(after["iat"]) - Number(before["iat"])).toBeGreaterThanOrEqual(100);
    expect(after["nonce"]).toBeUndefined();
    expect(decodeJwt(second.access_token).claims["scope"]).toBe("openid email");
  });

  test("ends thirty days after the sign-in, however often the token was rotated", async () => {
    const first = await signedIn();
    stand.clock.advance(29 * 24 * 3600);
    const second = await tokensIn(await refresh(first.refresh_token));
    stand.clock.advance(24 * 3600);
    expect(await answerOf(await refresh(second.refresh_token))).toEqual([
      400,
      { error: "invalid_grant" },
    ]);
  });

  test("shows a change of groups", async () => {
    const first = await signedIn();
    expect(Object.keys(decodeJwt(first.access_token).claims)).not.toContain("cognito:groups");
    await stand.run("AdminAddUserToGroup", { Username: "alice", GroupName: "staff" });
    const second = await tokensIn(await refresh(first.refresh_token));
    expect(decodeJwt(second.access_token).claims["cognito:groups"]).toEqual(["staff"]);
    await stand.run("AdminRemoveUserFromGroup", { Username: "alice", GroupName: "staff" });
  });

  test.each([
    ["another client's token", async () => refresh((await signedIn()).refresh_token, walkthrough)],
    ["an access token", async () => refresh((await signedIn()).access_token)],
    [
      "a token after a global sign-out",
      async () => {
        const { refresh_token } = await signedIn();
        await stand.run("AdminUserGlobalSignOut", { Username: "alice" });
        return refresh(refresh_token);
      },
    ],
    [
      "a token of a disabled user, also when enabled again",
      async () => {
        const { refresh_token } = await signedIn("ada");
        await stand.run("AdminDisableUser", { Username: "ada" });
        await stand.run("AdminEnableUser", { Username: "ada" });
        return refresh(refresh_token);
      },
    ],
  ])("refuses %s", async (_why, send) => {
    expect(await answerOf(await send())).toEqual([400, { error: "invalid_grant" }]);
  });
});

describe("revoking", () => {
  test("ends the refresh token and its successors; access tokens still verify offline but userInfo notices", async () => {
    const first = await signedIn();
    const second = await tokensIn(await refresh(first.refresh_token));
    const response = await revoke({ token: first.refresh_token, client_id: web });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(await answerOf(await refresh(second.refresh_token))).toEqual([
      400,
      { error: "invalid_grant" },
    ]);
    expect((await userInfo(second.access_token)).status).toBe(401);
  });

  test("answers 200 for a token that is unknown or already revoked", async () => {
    const { refresh_token } = await signedIn();
    for (const value of [refresh_token, refresh_token, "a.b.c.d.e"]) {
      expect((await revoke({ token: value, client_id: web })).status).toBe(200);
    }
  });

  test.each([
    [
      "an access token",
      async () => revoke({ token: (await signedIn()).access_token, client_id: web }),
      400,
      "unsupported_token_type",
    ],
    [
      "another client's token",
      async () => revoke({ token: (await signedIn()).refresh_token, client_id: walkthrough }),
      400,
      "invalid_request",
    ],
    ["no token", () => revoke({ client_id: web }), 400, "invalid_request"],
    ["no client", () => revoke({ token: "x" }), 400, "invalid_request"],
    ["an unknown client", () => revoke({ token: "x", client_id: "nobody" }), 401, "invalid_client"],
  ])("refuses %s", async (_why, send, status, error) => {
    expect(await answerOf(await send())).toEqual([status, { error }]);
  });
});

describe("the token endpoint", () => {
  test.each([
    ["no grant_type", () => token({ client_id: web }), { error: "invalid_request" }],
    [
      "no client",
      () => token({ grant_type: "refresh_token", refresh_token: "x" }),
      { error: "invalid_request" },
    ],
    [
      "an unknown client",
      () => token({ grant_type: "refresh_token", client_id: "nobody" }),
      { error: "invalid_client" },
    ],
    [
      "another grant",
      () => token({ grant_type: "password", client_id: web }),
      { error: "unsupported_grant_type" },
    ],
    [
      "client_credentials for people",
      () => token({ grant_type: "client_credentials", client_id: web }),
      { error: "unauthorized_client" },
    ],
    [
      "a code for a machine",
      () => token({ grant_type: "authorization_code" }, basic(machine.id, machine.secret)),
      { error: "unauthorized_client" },
    ],
    [
      "a bearer token as client",
      () => token({ grant_type: "refresh_token" }, { authorization: "Bearer x" }),
      { error: "invalid_request" },
    ],
    [
      "two clients at once",
      () =>
        token(
          { grant_type: "client_credentials", client_id: web },
          basic(machine.id, machine.secret),
        ),
      { error: "invalid_request" },
    ],
    [
      "a secret for a client that has none",
      () => token({ grant_type: "refresh_token", client_id: web, client_secret: "x" }),
      { error: "invalid_client", error_description: "invalid_client_secret" },
    ],
  ])("refuses %s", async (_why, send, body) => {
    expect(await answerOf(await send())).toEqual([400, body]);
    expect(stand.explained).toHaveLength(1);
  });

  test("takes URL-encoded bodies only: JSON is invalid, other types are 405", async () => {
    const post = (type: string) =>
      fetch(`${stand.origin}/oauth2/token`, {
        method: "POST",
        body: "{}",
        headers: { "content-type": type },
      });
    expect(await answerOf(await post("application/json"))).toEqual([
      400,
      { error: "invalid_request" },
    ]);
    const other = await post("text/plain");
    expect(other.status).toBe(405);
    expect(await other.text()).toBe("");
    expect((await fetch(`${stand.origin}/oauth2/token`)).status).toBe(405);
  });

  test("counts a parameter that comes twice as missing", async () => {
    const body = "grant_type=client_credentials&grant_type=refresh_token";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(
      await answerOf(
        await fetch(`${stand.origin}/oauth2/token`, { method: "POST", body, headers }),
      ),
    ).toEqual([
      400,
      {
        error: "invalid_request",
      },
    ]);
  });
});

describe("a machine", () => {
  test("gets an access token and nothing else, by Basic or by a secret in the body", async () => {
    for (const send of [
      () => askAsMachine({ scope: "api/read" }, basic(machine.id, machine.secret)),
      () =>
        askAsMachine({ scope: "api/read", client_id: machine.id, client_secret: machine.secret }),
    ]) {
      const body = await tokensIn(await send());
      expect(Object.keys(body)).toEqual(["access_token", "expires_in", "token_type"]);
      const { claims } = decodeJwt(body.access_token);
      expect(claims).toMatchObject({
        sub: machine.id,
        client_id: machine.id,
        scope: "api/read",
        version: 2,
        token_use: "access",
      });
      expect(Object.keys(claims)).not.toContain("username");
      expect(Object.keys(claims)).not.toContain("aud");
    }
  });

  test("gets all its scopes when it names none", async () => {
    const { access_token } = await tokensIn(
      await askAsMachine({}, basic(machine.id, machine.secret)),
    );
    expect(decodeJwt(access_token).claims["scope"]).toBe("api/read api/write");
  });

  test.each([
    [
      "a wrong secret",
      () => askAsMachine({}, basic(machine.id, "wrong")),
      { error: "invalid_client", error_description: "invalid_client_secret" },
    ],
    [
      "no secret",
      () => askAsMachine({ client_id: machine.id }),
      { error: "invalid_client", error_description: "invalid_client_secret" },
    ],
    [
      "an OpenID scope",
      () => askAsMachine({ scope: "openid" }, basic(machine.id, machine.secret)),
      { error: "invalid_grant" },
    ],
    [
      "an unknown scope",
      () => askAsMachine({ scope: "api/read api/nope" }, basic(machine.id, machine.secret)),
      { error: "invalid_scope" },
    ],
  ])("is refused with %s", async (_why, send, body) => {
    expect(await answerOf(await send())).toEqual([400, body]);
  });

  test("is nobody at userInfo", async () => {
    const { access_token } = await tokensIn(
      await askAsMachine({}, basic(machine.id, machine.secret)),
    );
    expect((await userInfo(access_token)).status).toBe(401);
  });
});

describe("userInfo", () => {
  test("is flat, and email_verified is a text", async () => {
    const { access_token } = await signedIn();
    const { sub } = decodeJwt(access_token).claims;
    const response = await userInfo(access_token);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      sub,
      email: "alice@example.com",
      email_verified: "true",
      username: "alice",
    });
  });

  test("keeps to the scopes", async () => {
    const { access_token } = await tokensIn(
      await exchange(await codeFor("alice", { scope: "openid profile" })),
    );
    const body: Record<string, unknown> = await (await userInfo(access_token)).json();
    expect(Object.keys(body)).toEqual(["sub", "username"]);
  });

  test.each([
    [
      "no token",
      () => fetch(`${stand.origin}/oauth2/userInfo`),
      400,
      'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"',
    ],
    ["an ID token", async () => userInfo((await signedIn()).id_token), 401, undefined],
    [
      "a token without openid",
      async () =>
        userInfo(
          (await tokensIn(await exchange(await codeFor("alice", { scope: "email" })))).access_token,
        ),
      401,
      'error="invalid_token", error_description="Access token does not contain openid scope"',
    ],
    [
      "an expired token",
      async () => {
        const { access_token } = await signedIn();
        stand.clock.advance(3600);
        return userInfo(access_token);
      },
      401,
      undefined,
    ],
    [
      "a token whose user signed out everywhere",
      async () => {
        const { access_token } = await signedIn();
        await stand.run("AdminUserGlobalSignOut", { Username: "alice" });
        return userInfo(access_token);
      },
      401,
      undefined,
    ],
    [
      "a changed token",
      async () => userInfo(`${(await signedIn()).access_token.slice(0, -8)}AAAAAAAA`),
      401,
      undefined,
    ],
  ])("refuses %s", async (_why, send, status, challenge) => {
    const dead =
      'error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."';
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get("www-authenticate")).toBe(challenge ?? dead);
    expect(stand.explained).toHaveLength(1);
  });
});

describe("signing out", () => {
  test("ends the session and goes to a registered address; tokens stay", async () => {
    const browser = openBrowser(stand.origin);
    const back = await browser.signIn(codeQuery(), "alice", password);
    const stolen = new Map(browser.cookies);
    const { refresh_token } = await tokensIn(
      await exchange(locationOf(back).searchParams.get("code") ?? ""),
    );
    const out = await browser.get(`/logout?${query({ client_id: web, logout_uri: logoutUrl })}`);
    expect(out.headers.get("location")).toBe(logoutUrl);
    expect(browser.cookies.has("cognito")).toBe(false);
    // The session is gone at the server too, not only in the browser.
    for (const [name, value] of stolen) browser.cookies.set(name, value);
    expect(locationOf(await browser.get(`/oauth2/authorize?${codeQuery()}`)).pathname).toBe(
      "/login",
    );
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("can lead to the form again", async () => {
    const browser = openBrowser(stand.origin);
    await browser.signIn(codeQuery(), "alice", password);
    const out = await browser.get(`/logout?${codeQuery()}`);
    expect(out.headers.get("location")).toBe(`${stand.origin}/login?${codeQuery()}`);
    expect(browser.cookies.has("cognito")).toBe(false);
  });

  test("leads to a form that goes on with the whole request that was given", async () => {
    const { verifier, challenge } = pkcePair();
    const asked = codeQuery({
      scope: "openid api/read",
      state: "abc_-1",
      nonce: "n-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    const browser = openBrowser(stand.origin);
    await browser.signIn(codeQuery(), "ada", password);
    const form = locationOf(await browser.get(`/logout?${asked}`));
    expect(`${form.pathname}${form.search}`).toBe(`/login?${asked}`);
    // Not silently as ada: somebody else may sign in now.
    expect(locationOf(await browser.get(`/oauth2/authorize?${asked}`)).pathname).toBe("/login");
    const back = locationOf(await browser.signIn(form.search.slice(1), "alice", password));
    expect(back.searchParams.get("state")).toBe("abc_-1");
    const code = back.searchParams.get("code") ?? "";
    const tokens = await tokensIn(await exchange(code, { code_verifier: verifier }));
    expect(decodeJwt(tokens.id_token).claims).toMatchObject({
      "cognito:username": "alice",
      nonce: "n-1",
    });
    expect(decodeJwt(tokens.access_token).claims["scope"]).toBe("openid api/read");
  });

  test.each([
    ["another host", () => ({ client_id: web, logout_uri: "https://evil.example/" })],
    ["a callback address", () => ({ client_id: web, logout_uri: callbackUrl })],
    ["an unknown client", () => ({ client_id: "nobody", logout_uri: logoutUrl })],
    [
      "a foreign redirect_uri",
      () => ({ client_id: web, redirect_uri: "https://evil.example/", response_type: "code" }),
    ],
  ])(
    "stays on the domain and signed in for %s",
    async (_why, parameters: () => Record<string, string>) => {
      const asked = parameters();
      const browser = openBrowser(stand.origin);
      await browser.signIn(codeQuery(), "alice", password);
      const location = locationOf(await browser.get(`/logout?${query(asked)}`));
      expect(location.href).toBe(
        `${stand.origin}/error?error=redirect_mismatch&client_id=${asked["client_id"]}`,
      );
      expect(browser.cookies.has("cognito")).toBe(true);
    },
  );

  test("without any address is an error page", async () => {
    const response = await fetch(`${stand.origin}/logout?client_id=${web}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      "Required String parameter &#39;redirect_uri&#39; is not present",
    );
  });
});

test("signInUrl leads to a form, with tokens in the fragment for the walk-through", async () => {
  const url = new URL(stand.cognito.signInUrl("walkthrough", callbackUrl));
  const back = await openBrowser(stand.origin).signIn(url.search.slice(1), "alice", password);
  expect(locationOf(back).hash).toMatch(/^#id_token=/);
  const forCode = new URL(stand.cognito.signInUrl("spa", callbackUrl));
  const withCode = await openBrowser(stand.origin).signIn(
    forCode.search.slice(1),
    "alice",
    password,
  );
  expect(locationOf(withCode).searchParams.has("code")).toBe(true);
});

describe("a sign-in for a resource (RFC 8707)", () => {
  const resource = "https://app.example/mcp";
  const bound = async () => tokensIn(await exchange(await codeFor("alice", { resource })));

  test("binds the access token to it, and so do its refreshes", async () => {
    const first = await bound();
    expect(decodeJwt(first.access_token).claims["aud"]).toBe(resource);
    expect(decodeJwt(first.id_token).claims["aud"]).toBe(web);
    const { access_token } = await tokensIn(await refresh(first.refresh_token));
    expect(decodeJwt(access_token).claims["aud"]).toBe(resource);
    const plain = await signedIn();
    expect("aud" in decodeJwt(plain.access_token).claims).toBe(false);
  });

  test.each([
    "http://app.example/mcp",
    "https://app.example/mcp#a",
    "https://app.example/m cp",
    "mcp",
    "",
    "javascript:alert(1)",
  ])("refuses %j", async (refused) => {
    const asked = codeQuery({ resource: refused });
    const back = await openBrowser(stand.origin).get(`/oauth2/authorize?${asked}`);
    expect(locationOf(back).searchParams.get("error")).toBe("invalid_request");
  });

  test("takes what stands for https on this machine, and an app's own scheme", async () => {
    for (const taken of [
      "http://app.localhost:4280/mcp",
      "http://127.0.0.1:4280/mcp",
      "myapp://mcp",
    ])
      expect(await codeFor("alice", { resource: taken })).not.toBe("");
  });

  test("comes once, and the code and its refreshes are for that one alone", async () => {
    const twice = `${codeQuery({ resource })}&resource=https%3A%2F%2Fother.example`;
    const refused = await openBrowser(stand.origin).get(`/oauth2/authorize?${twice}`);
    expect(refused.headers.get("location")).toContain("/error?error=invalid_request");
    const other = { resource: "https://other.example/mcp" };
    const answer = await exchange(await codeFor("alice", { resource }), other);
    expect([answer.status, await answer.json()]).toEqual([400, { error: "invalid_target" }]);
    const { refresh_token } = await bound();
    const fields = { grant_type: "refresh_token", client_id: web, refresh_token };
    const again = await token({ ...fields, ...other });
    expect([again.status, await again.json()]).toEqual([400, { error: "invalid_target" }]);
    expect((await token({ ...fields, resource })).status).toBe(200);
  });
});
