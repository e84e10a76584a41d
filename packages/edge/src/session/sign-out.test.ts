import { describe, expect, test } from "vitest";

import { webClient } from "../../test/events.ts";
import {
  appOrigin,
  createBench,
  ended,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  type Outcome,
} from "../../test/test-browser.ts";

const own = { ...followed, origin: appOrigin };
const signOutUrl = `${hostedOrigin}/logout?client_id=${webClient}&logout_uri=${encodeURIComponent(`${appOrigin}/.auth/signed-out`)}#`;

async function signedIn() {
  const bench = createBench();
  const session = await bench.signIn();
  await bench.browse("/.auth/login"); // an attempt that goes nowhere
  return { ...bench, session, before: bench.jar.names() };
}

const isSignOut = ({ status, location }: Outcome): boolean =>
  status === 302 && location === signOutUrl;

const ways: [what: string, parts: Parameters<ReturnType<typeof createBench>["browse"]>[1]][] = [
  ["a link that was followed", { headers: followed }],
  ["a form", { method: "POST", headers: own }],
  ["a script", { method: "POST", headers: { ...fetched, origin: appOrigin } }],
  [
    "an old browser's form",
    { method: "POST", headers: { accept: "text/html", origin: appOrigin } },
  ],
];

describe.each(ways)("a sign-out by %s", (_what, parts) => {
  test("revokes the refresh token, ends every cookie and the hosted session, and returns", async () => {
    const { browse, visit, cognito, jar, session, before } = await signedIn();
    const answer = await browse("/.auth/logout", {
      ...parts,
      headers: { "sec-fetch-mode": "x", ...parts?.headers },
    });
    expect(isSignOut(answer)).toBe(true);
    expect(answer.cookies.toSorted()).toEqual(
      before.map((name) => ended(name.slice("__Host-Http-gatehouse-".length))).toSorted(),
    );
    expect(jar.names()).toEqual([]);
    expect(cognito.posted.at(-1)).toEqual({
      path: `${hostedOrigin}/oauth2/revoke`,
      token: session.refreshToken,
      client_id: webClient,
    });
    const end = await visit("/.auth/signed-out", { headers: fromElsewhere });
    expect([end.status, end.cookies]).toEqual([200, []]);
    expect(end.body).toContain("<h1>You are signed out</h1>");
  });
});

const notByItself: [what: string, headers: Readonly<Record<string, string>>][] = [
  ["another site's link", fromElsewhere],
  ["a sibling's link", { ...followed, "sec-fetch-site": "same-site" }],
  ["the address bar", { ...followed, "sec-fetch-site": "none" }],
  ["a prefetch", { ...followed, "sec-purpose": "prefetch" }],
  ["a prerender", { ...followed, "sec-purpose": "prefetch;prerender" }],
  ["a frame", { ...followed, "sec-fetch-dest": "iframe" }],
  ["an image", { ...followed, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }],
  ["a script", fetched],
];

test.each(notByItself)(
  "a GET by %s gets a page with a button, and ends nothing",
  async (_what, headers) => {
    const { browse, cognito } = await signedIn();
    const before = cognito.posted.length;
    const answer = await browse("/.auth/logout?return_to=/x%3Fa=1%26b=%22", { headers });
    expect([answer.status, answer.cookies, answer.location]).toEqual([400, [], undefined]);
    const asked = await browse("/.auth/logout?return_to=/x%3Fa=1%26b=2", { headers });
    expect([asked.status, asked.cookies, asked.location]).toEqual([200, [], undefined]);
    expect(asked.body).toContain(
      '<form method="post" action="/.auth/logout?return_to=%2Fx%3Fa%3D1%26b%3D2"><button type="submit">Sign out</button></form>',
    );
    // A form of a page with `no-referrer` would come with `Origin: null`, and be refused.
    expect(asked.headers["referrer-policy"]).toEqual(["same-origin"]);
    expect(cognito.posted).toHaveLength(before);
  },
);

test("an old browser, which does not say where a link stands, gets the button too", async () => {
  const { send } = createBench();
  const { status, body } = await send({ uri: "/.auth/logout", headers: { accept: "text/html" } });
  expect(status).toBe(200);
  expect(body).toContain('<form method="post" action="/.auth/logout">');
});

test("the way back is kept while the browser is at the hosted sign-in", async () => {
  const { visit, jar, forwardedPath } = { ...(await signedIn()), forwardedPath: "/public/bye" };
  const { hops, forwarded } = await visit(`/.auth/logout?return_to=${forwardedPath}%3Fa=1`);
  expect(hops).toEqual([signOutUrl, `${appOrigin}/.auth/signed-out`, "/public/bye?a=1#"]);
  expect([forwarded?.uri, forwarded?.querystring]).toEqual(["/public/bye", "a=1"]);
  expect(jar.names()).toEqual([]);
});

describe("the way back", () => {
  test.each(["//evil.example", "https://evil.example", "/\\evil.example", "/.auth/login"])(
    "to %j is refused, and nobody is signed out",
    async (path) => {
      const { browse } = await signedIn();
      const answer = await browse(`/.auth/logout?return_to=${encodeURIComponent(path)}`);
      expect([answer.status, answer.code, answer.cookies]).toEqual([
        400,
        "sign_in_return_path",
        [],
      ]);
    },
  );
  test("twice is refused", async () => {
    const { browse } = await signedIn();
    const answer = await browse("/.auth/logout?return_to=/a&return_to=/b");
    expect([answer.status, answer.code, answer.cookies]).toEqual([400, "sign_in_malformed", []]);
  });
  test.each(["//evil.example", "https://evil.example", "/.auth/logout", "", "\0"])(
    "is judged again when it comes back: %j",
    async (path) => {
      const { send } = createBench();
      const cookie = `__Host-Http-gatehouse-return=${Buffer.from(path).toString("base64url")}`;
      const answer = await send({
        uri: "/.auth/signed-out",
        headers: { ...fromElsewhere, cookie },
      });
      expect([answer.status, answer.location, answer.cookies]).toEqual([
        200,
        undefined,
        [ended("return")],
      ]);
    },
  );
});

test("who is not signed in is signed out at the hosted sign-in all the same", async () => {
  const { browse, cognito } = createBench();
  const answer = await browse("/.auth/logout");
  expect([isSignOut(answer), answer.cookies]).toEqual([true, []]);
  expect(cognito.posted).toEqual([]);
});

test.each([
  ["no answer", new Error("ECONNREFUSED"), "SignInError < Error"],
  ["500", { status: 500, body: undefined }, "SignInError < CognitoAnswered_500"],
  ["400", { status: 400, body: undefined }, "SignInError < CognitoAnswered_400"],
])(
  "a revocation that fails (%s) is logged, and the browser is signed out",
  async (_what, instead, cause) => {
    const { browse, cognito, jar, lines, session } = await signedIn();
    cognito.instead = instead;
    const answer = await browse("/.auth/logout");
    expect(isSignOut(answer)).toBe(true);
    expect(jar.names()).toEqual([]);
    const notice = { v: 1, by: "guard", notice: "sign_out_unrevoked", cause };
    expect(lines).toContain(JSON.stringify(notice));
    expect(lines.join("")).not.toContain(session.refreshToken);
  },
);

test("a session that was signed out is not renewed again", async () => {
  const bench = await signedIn();
  const cookie = bench.jar.header();
  await bench.browse("/.auth/logout");
  bench.clock.advance(3601);
  const answer = await bench.send({
    uri: "/.auth/refresh",
    method: "POST",
    headers: { ...fetched, origin: appOrigin, cookie },
  });
  expect([answer.status, answer.code]).toEqual([401, "token_expired"]);
});
