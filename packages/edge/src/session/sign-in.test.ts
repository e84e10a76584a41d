import { describe, expect, test } from "vitest";

import { guardSettings, webClient } from "../../test/events.ts";
import {
  appOrigin,
  createBench,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  openedLines,
  sessionLines,
} from "../../test/test-browser.ts";

test("leads to the hosted sign-in, with everything that the answer is checked by", async () => {
  const { browse } = createBench();
  const { status, location = "", cookies, headers } = await browse("/.auth/login?return_to=/x");
  expect(status).toBe(302);
  const { origin, pathname, searchParams, hash, href } = new URL(location);
  expect(`${origin}${pathname}`).toBe(`${hostedOrigin}/oauth2/authorize`);
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: webClient,
    response_type: "code",
    scope: "openid email profile",
    redirect_uri: `${appOrigin}/.auth/callback`,
    state: expect.stringMatching(/^0[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: "S256",
  });
  expect([hash, href.at(-1)]).toEqual(["", "#"]);
  expect(cookies).toEqual([
    expect.stringMatching(
      new RegExp(
        `^__Host-Http-gatehouse-attempt\\.${searchParams.get("state")}=[\\w-]+; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax$`,
      ),
    ),
  ]);
  expect(headers["cache-control"]).toEqual(["no-store"]);
  expect(headers["referrer-policy"]).toEqual(["no-referrer"]);
});

test("a person comes back to the deep link, query and all, with a session of two cookies", async () => {
  const { visit, jar, signed, cognito } = createBench();
  const { hops, forwarded } = await visit("/echo/a%2Fb?c=1&c=2&d=%2B");
  expect(hops.map((hop) => hop.replace(/\?(?!c=).*/, ""))).toEqual([
    `${hostedOrigin}/oauth2/authorize`,
    `${appOrigin}/.auth/callback`,
    "/echo/a%2Fb?c=1&c=2&d=%2B#",
  ]);
  expect(signed).toEqual(["/echo/a%2Fb"]);
  expect(forwarded?.querystring).toBe("c=1&c=2&d=%2B");
  expect(jar.names()).toEqual([
    "__Host-Http-gatehouse-session.1of1",
    "__Host-Http-gatehouse-renewed",
  ]);
  expect(cognito.posted).toEqual([
    {
      path: `${hostedOrigin}/oauth2/token`,
      grant_type: "authorization_code",
      client_id: webClient,
      redirect_uri: `${appOrigin}/.auth/callback`,
      code: expect.any(String),
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    },
  ]);
});

test("the callback sets the session, ends its attempt, and goes on with an empty fragment", async () => {
  const { browse, cognito, clock } = createBench();
  let tokens: Readonly<Record<string, unknown>> = {};
  cognito.tamper = (answer) => (tokens = answer);
  const { location = "" } = await browse("/.auth/login?return_to=/x?y=1");
  const back = new URL(cognito.browse(new URL(location)));
  const answer = await browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
  expect(answer.status).toBe(302);
  expect(answer.location).toBe("/x?y=1#");
  expect(openedLines(answer.cookies)).toEqual([
    ...sessionLines({
      accessToken: String(tokens["access_token"]),
      refreshToken: String(tokens["refresh_token"]),
    }),
    `__Host-Http-gatehouse-attempt.${back.searchParams.get("state")}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
    `__Host-Http-gatehouse-renewed=${clock.now()}; Max-Age=10; Path=/; Secure; HttpOnly; SameSite=Lax`,
  ]);
});

test("two tabs sign in at the same time, and each comes back to its own page", async () => {
  const { browse, cognito } = createBench();
  const starts = [await browse("/a"), await browse("/b?c=1")];
  const ends = [];
  for (const { location = "" } of starts.toReversed()) {
    const back = new URL(cognito.browse(new URL(location)));
    const answer = await browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
    ends.push(answer.location);
  }
  expect(ends).toEqual(["/b?c=1#", "/a#"]);
});

test("a form that was sent without a session is not sent again: a page says so", async () => {
  const { visit, signed, jar } = createBench();
  const { status, body, hops } = await visit("/orders?x=1", {
    method: "POST",
    body: Buffer.from("a=b"),
    headers: { origin: appOrigin },
  });
  expect(hops).toHaveLength(2);
  expect(status).toBe(200);
  expect(body).toContain("What you sent before was neither kept nor carried out.");
  expect(body).toContain('<a class="button" href="/orders?x=1">Go back</a>');
  expect(signed).toEqual([]);
  expect(jar.names()).toContain("__Host-Http-gatehouse-session.1of1");
});

describe("where the app itself is, decides the stage", () => {
  test.each([
    ["Host", { host: "evil.example" }],
    ["X-Forwarded-Host", { "x-forwarded-host": "evil.example" }],
    ["Forwarded", { forwarded: "host=evil.example;proto=http" }],
    ["Origin", { origin: "https://evil.example" }],
  ])("not %s", async (_name, headers) => {
    const { send } = createBench();
    const {
      location = "",
      body,
      cookies,
    } = await send({
      uri: "/.auth/login",
      headers: { ...followed, ...headers },
    });
    expect(new URL(location).searchParams.get("redirect_uri")).toBe(`${appOrigin}/.auth/callback`);
    expect(`${location}${body}${cookies.join("")}`).not.toContain("evil");
  });

  test("the origin that is baked in, and the first of several", async () => {
    const appOrigins = ["https://www.example.com", "https://app.example.com"];
    const { send } = createBench({ ...guardSettings, appOrigins });
    const { location = "" } = await send({ uri: "/.auth/login", headers: followed });
    expect(new URL(location).searchParams.get("redirect_uri")).toBe(
      "https://www.example.com/.auth/callback",
    );
  });
});

describe("fresh=1", () => {
  test("asks for the password, by ending the hosted session on the way", async () => {
    const { browse } = createBench();
    const { location = "" } = await browse("/.auth/login?fresh=1&return_to=/x");
    const { origin, pathname, searchParams } = new URL(location);
    expect(`${origin}${pathname}`).toBe(`${hostedOrigin}/logout`);
    expect(searchParams.get("response_type")).toBe("code");
    expect(searchParams.get("logout_uri")).toBeNull();
  });
  test.each(["fresh=0", "fresh=true", "fresh="])("and %s does not", async (query) => {
    const { browse } = createBench();
    const { location = "" } = await browse(`/.auth/login?${query}`);
    expect(new URL(location).pathname).toBe("/oauth2/authorize");
  });
});

const refused: [
  what: string,
  query: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  status: number,
  code: string,
][] = [
  ["another host", "return_to=//evil.example", followed, 400, "sign_in_return_path"],
  ["another host, escaped", "return_to=%2f%2fevil.example", followed, 400, "sign_in_return_path"],
  [
    "another host behind a slash",
    "return_to=/%2Fevil.example",
    followed,
    400,
    "sign_in_return_path",
  ],
  ["a backslash, escaped", "return_to=/%5cevil.example", followed, 400, "sign_in_return_path"],
  ["a tab, escaped", "return_to=/%09/evil.example", followed, 400, "sign_in_return_path"],
  ["an address", "return_to=https://evil.example/", followed, 400, "sign_in_return_path"],
  ["a sign-out", "return_to=/.auth/logout", followed, 400, "sign_in_return_path"],
  ["an empty way back", "return_to=", followed, 400, "sign_in_return_path"],
  ["two ways back", "return_to=/a&return_to=/b", followed, 400, "sign_in_malformed"],
  [
    "two ways back, one spelled otherwise",
    "return_to=/a&return%5fto=/b",
    followed,
    400,
    "sign_in_malformed",
  ],
  ["a query that is too long", `x=${"y".repeat(8191)}`, followed, 400, "sign_in_malformed"],
  ["a frame", "", { ...followed, "sec-fetch-dest": "iframe" }, 403, "sign_in_not_top_level"],
  ["a script", "", fetched, 403, "sign_in_not_top_level"],
  [
    "an image",
    "",
    { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    403,
    "sign_in_not_top_level",
  ],
  ["half of what browsers say", "", { "sec-fetch-mode": "navigate" }, 403, "sign_in_not_top_level"],
  ["a prefetch", "", { ...followed, "sec-purpose": "prefetch" }, 403, "sign_in_not_top_level"],
  [
    "a prerender",
    "",
    { ...followed, "sec-purpose": "prefetch;prerender" },
    403,
    "sign_in_not_top_level",
  ],
  ["an older prefetch", "", { ...followed, purpose: "prefetch" }, 403, "sign_in_not_top_level"],
];

test.each(refused)(
  "no sign-in begins for %s",
  async (_what, querystring, headers, status, code) => {
    const { send } = createBench();
    const answer = await send({ uri: "/.auth/login", querystring, headers });
    expect([answer.status, answer.code, answer.location, answer.cookies]).toEqual([
      status,
      code,
      undefined,
      [],
    ]);
    expect(answer.body).not.toContain("evil");
  },
);

test("an old browser, which does not say how it fetches, may sign in", async () => {
  const { send } = createBench();
  const { status } = await send({ uri: "/.auth/login", headers: { accept: "text/html" } });
  expect(status).toBe(302);
});

test("a stage without a hosted sign-in says so", async () => {
  const { signIn: _none, ...without } = guardSettings;
  const { send } = createBench(without);
  const answer = await send({ uri: "/.auth/login", headers: followed });
  expect([answer.status, answer.code, answer.cookies]).toEqual([404, "sign_in_off", []]);
});

/** A browser may drop what it likes: it ends on a page, after five redirects at most. */
const forgetful: [what: string, refuses: (name: string) => boolean][] = [
  ["every cookie", () => true],
  ["the cookies of a sign-in", (name) => name.includes("attempt")],
  ["the session", (name) => name.includes("session")],
  ["all but the sign-in's", (name) => !name.includes("attempt") && !name.includes("renewed")],
];

describe.each(forgetful)("a browser that drops %s", (_what, refuses) => {
  test.each(["/deep?link=1", "/.auth/login?return_to=/deep", "/.auth/callback?code=x&state=y"])(
    "is not sent round for ever from %s",
    async (path) => {
      const { visit, jar } = createBench();
      jar.refuses = refuses;
      const { status, code, hops } = await visit(path);
      expect([400, "sign_in_unmatched", "sign_in_cookies"]).toEqual(
        expect.arrayContaining([status, code]),
      );
      expect(hops.length).toBeLessThanOrEqual(5);
    },
  );
});

test("a browser that loses the cookie of its attempt begins again once by itself", async () => {
  const { visit, jar } = createBench();
  let dropped = 0;
  jar.refuses = (name) => name.includes("attempt") && dropped++ === 0;
  const { status, hops } = await visit("/deep");
  expect(hops.map((hop) => hop.replace(/[?].*(?=#)|[?](?!again).*/, ""))).toEqual([
    `${hostedOrigin}/oauth2/authorize#`,
    `${appOrigin}/.auth/callback`,
    "/.auth/login?again=1",
    `${hostedOrigin}/oauth2/authorize#`,
    `${appOrigin}/.auth/callback`,
    "/#",
  ]);
  expect(status).toBe(0);
});
