import { mint } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { idKey, machineClient, guardSettings, updatedIssuer } from "../../test/events.ts";
import {
  type Bench,
  createBench,
  fetched,
  followed,
  fromElsewhere,
  type Outcome,
} from "../../test/test-browser.ts";
import { type TokenAnswer, without } from "../../test/cognito.ts";

/** Begins a sign-in, and returns what the hosted sign-in sends the browser back with. */
async function begin({ browse, cognito }: Bench, query = "return_to=/deep") {
  const { location = "" } = await browse(`/.auth/login?${query}`);
  const back = new URL(cognito.browse(new URL(location))).searchParams;
  return { code: back.get("code") ?? "", state: back.get("state") ?? "", url: new URL(location) };
}

function refusedWith(answer: Outcome): readonly unknown[] {
  return [answer.status, answer.code, answer.location, answer.cookies];
}

const callback = (bench: Bench, query: string | Readonly<Record<string, string>>) =>
  bench.browse(
    `/.auth/callback?${typeof query === "string" ? query : new URLSearchParams(query).toString()}`,
    { headers: fromElsewhere },
  );

type Hostile = (bench: Bench) => Promise<Outcome>;
const hostile: [what: string, send: Hostile, status: number, code: string][] = [
  [
    "no state",
    async (bench) => callback(bench, { code: (await begin(bench)).code }),
    400,
    "sign_in_unmatched",
  ],
  [
    "an empty state",
    async (bench) => callback(bench, { code: (await begin(bench)).code, state: "" }),
    400,
    "sign_in_unmatched",
  ],
  [
    "a state that nobody made",
    async (bench) =>
      callback(bench, { code: (await begin(bench)).code, state: `0${"r".repeat(43)}` }),
    400,
    "sign_in_unmatched",
  ],
  [
    "the state of another browser",
    async (bench) => {
      await begin(bench);
      return callback(bench, { code: "c", state: (await begin(createBench())).state });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "another browser's whole answer",
    async (bench) => {
      const { code, state } = await begin(createBench());
      return callback(bench, { code, state });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "a state with a restart more than it was made with",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, { code, state: `1${state.slice(1)}` });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "a state that names another cookie",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, { code, state: `../attempt.${state}` });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "an attempt that is ten minutes old",
    async (bench) => {
      const { code, state } = await begin(bench);
      bench.clock.advance(600);
      return callback(bench, { code, state });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "an answer that was used already",
    async (bench) => {
      const { code, state } = await begin(bench);
      await callback(bench, { code, state });
      return callback(bench, { code, state });
    },
    400,
    "sign_in_unmatched",
  ],
  [
    "a code that was used already, in a browser that keeps its attempts",
    async (bench) => {
      const { code, state } = await begin(bench);
      bench.jar.refuses = () => true;
      await callback(bench, { code, state });
      return callback(bench, { code, state });
    },
    400,
    "sign_in_failed",
  ],
  [
    "the code of another sign-in of the same browser",
    async (bench) => {
      const { code } = await begin(bench);
      const { state } = await begin(bench);
      return callback(bench, { code, state });
    },
    400,
    "sign_in_failed",
  ],
  [
    "a code that nobody gave",
    async (bench) => callback(bench, { code: "c", state: (await begin(bench)).state }),
    400,
    "sign_in_failed",
  ],
  [
    "no code",
    async (bench) => callback(bench, { state: (await begin(bench)).state }),
    400,
    "sign_in_malformed",
  ],
  [
    "an empty code",
    async (bench) => callback(bench, { code: "", state: (await begin(bench)).state }),
    400,
    "sign_in_malformed",
  ],
  [
    "a code with control characters",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, { code: `${code}\r\nx: y`, state });
    },
    400,
    "sign_in_malformed",
  ],
  [
    "a code that is too long",
    async (bench) => callback(bench, { code: "c".repeat(2049), state: (await begin(bench)).state }),
    400,
    "sign_in_malformed",
  ],
  ["nothing at all", async (bench) => callback(bench, ""), 400, "sign_in_malformed"],
  [
    "two codes",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, `code=${code}&code=${code}&state=${state}`);
    },
    400,
    "sign_in_malformed",
  ],
  [
    "two states, one spelled otherwise",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, `code=${code}&state=${state}&st%61te=${state}`);
    },
    400,
    "sign_in_malformed",
  ],
  [
    "an error beside a good code",
    async (bench) => {
      const { code, state } = await begin(bench);
      return callback(bench, { code, state, error: "access_denied" });
    },
    403,
    "sign_in_refused",
  ],
  [
    "an error with injected parameters",
    async (bench) => {
      const { state } = await begin(bench);
      return callback(bench, {
        state,
        error: "<script>evil</script>",
        error_description: "Call +49 evil <b>now</b>",
        error_uri: "https://evil.example/",
      });
    },
    403,
    "sign_in_refused",
  ],
  [
    "an error without a state",
    async (bench) => callback(bench, { error: "access_denied", error_description: "evil" }),
    403,
    "sign_in_refused",
  ],
  [
    "an error of an object's own name",
    async (bench) => callback(bench, { error: "__proto__" }),
    403,
    "sign_in_refused",
  ],
];

test.each(hostile)("refuses %s", async (_what, send, status, code) => {
  const answer = await send(createBench());
  expect(refusedWith(answer)).toEqual([status, code, undefined, []]);
  expect(answer.body).not.toContain("evil");
});

const outside: [what: string, headers: Readonly<Record<string, string>>][] = [
  ["a frame", { ...fromElsewhere, "sec-fetch-dest": "iframe" }],
  ["a script", fetched],
  ["a prefetch", { ...followed, "sec-purpose": "prefetch" }],
];

test.each(outside)("refuses a good answer in %s", async (_what, headers) => {
  const bench = createBench();
  const { code, state } = await begin(bench);
  const answer = await bench.browse(`/.auth/callback?code=${code}&state=${state}`, { headers });
  expect(refusedWith(answer)).toEqual([403, "sign_in_not_top_level", undefined, []]);
  expect(bench.cognito.posted).toEqual([]);
});

type Tamper = (bench: Bench, answer: TokenAnswer) => TokenAnswer;
const wrongTokens: [what: string, tamper: Tamper, status: number, code: string][] = [
  ["no ID token", (_bench, answer) => without("id_token", answer), 400, "sign_in_nonce"],
  ["no refresh token", (_bench, answer) => without("refresh_token", answer), 400, "sign_in_nonce"],
  [
    "another nonce",
    ({ cognito }, answer) => ({
      ...answer,
      id_token: cognito.idToken({ sub: "alice", nonce: "n".repeat(43) }),
    }),
    400,
    "sign_in_nonce",
  ],
  [
    "no nonce",
    ({ cognito }, answer) => ({ ...answer, id_token: cognito.idToken({ sub: "alice" }) }),
    400,
    "sign_in_nonce",
  ],
  [
    "an access token in the place of the ID token",
    (_bench, answer) => ({ ...answer, id_token: answer["access_token"] }),
    400,
    "sign_in_nonce",
  ],
  [
    "the ID token in the place of the access token",
    (_bench, answer) => ({ ...answer, access_token: answer["id_token"] }),
    400,
    "sign_in_nonce",
  ],
  [
    "another user's access token",
    ({ cognito }, answer) => ({ ...answer, access_token: cognito.accessToken({ sub: "bob" }) }),
    400,
    "sign_in_nonce",
  ],
  [
    "an ID token of a client that nobody knows",
    ({ cognito }, answer) => ({ ...answer, id_token: cognito.idToken({ aud: "x".repeat(26) }) }),
    401,
    "token_client",
  ],
  [
    "an ID token of the machines' client",
    ({ cognito }, answer) => ({ ...answer, id_token: cognito.idToken({ aud: machineClient }) }),
    401,
    "token_use",
  ],
  [
    "an access token that has expired",
    ({ cognito, clock }, answer) => ({
      ...answer,
      access_token: cognito.accessToken({ sub: "alice", now: clock.now() - 7200 }),
    }),
    401,
    "token_expired",
  ],
  [
    "an ID token that somebody else has signed",
    (_bench, answer) => ({
      ...answer,
      id_token: mint({ key: idKey, claims: {}, signWith: () => new Uint8Array(256) }),
    }),
    401,
    "token_issuer",
  ],
  [
    "an access token too large for a session",
    ({ cognito }, answer) => ({
      ...answer,
      access_token: cognito.accessToken({
        sub: "alice",
        groups: Array.from({ length: 80 }, (_none, index) => `${index}-${"g".repeat(90)}`),
      }),
    }),
    431,
    "headers_too_large",
  ],
];

test.each(wrongTokens)("refuses %s", async (_what, tamper, status, code) => {
  const bench = createBench();
  const { code: given, state } = await begin(bench);
  bench.cognito.tamper = (answer) => tamper(bench, answer);
  const answer = await callback(bench, { code: given, state });
  expect(refusedWith(answer)).toEqual([status, code, undefined, []]);
});

test("tokens under the pool's other name make a session", async () => {
  const bench = createBench();
  bench.cognito.issuer = updatedIssuer;
  const { code, state } = await begin(bench);
  expect((await callback(bench, { code, state })).status).toBe(302);
  expect((await bench.browse("/x")).forwarded?.uri).toBe("/x");
});

test("a person's other app client makes no session", async () => {
  const other = "4otherotherotherotherother4";
  const bench = createBench({
    ...guardSettings,
    clients: {
      ...guardSettings.clients,
      [other]: { name: "implicit", kind: "person", tokenUses: ["id", "access"] },
    },
  });
  const { code, state, url } = await begin(bench);
  const nonce = url.searchParams.get("nonce");
  bench.cognito.tamper = () => ({
    id_token: bench.cognito.idToken({ sub: "alice", aud: other, nonce }),
    access_token: bench.cognito.accessToken({ sub: "alice", clientId: other }),
    refresh_token: "r",
  });
  expect(refusedWith(await callback(bench, { code, state }))).toEqual([
    400,
    "sign_in_nonce",
    undefined,
    [],
  ]);
});

test("a sign-in that goes wrong leaves the session that there is", async () => {
  const bench = createBench();
  await bench.signIn();
  const before = bench.jar.header();
  const { code, state } = await begin(bench);
  bench.cognito.tamper = (answer) => ({ ...answer, id_token: "a.b.c" });
  const answer = await callback(bench, { code, state });
  expect(refusedWith(answer)).toEqual([401, "token_malformed", undefined, []]);
  expect(bench.jar.header()).toContain(before.split("; ").slice(0, 2).join("; "));
});

describe("when the sign-in service is away", () => {
  test.each([
    ["no answer", new Error("ECONNREFUSED")],
    ["500", { status: 500, body: undefined }],
    ["429", { status: 429, body: { error: "slow down" } }],
    ["no tokens", { status: 200, body: { access_token: 1 } }],
    ["a page in their place", { status: 200, body: undefined }],
    ["a redirect", { status: 302, body: undefined }],
    ["a firewall's 403", { status: 403, body: undefined }],
    ["a client that is just being deployed", { status: 400, body: { error: "invalid_client" } }],
  ])("%s: 503, and nothing is set", async (_what, instead) => {
    const bench = createBench();
    const { code, state } = await begin(bench);
    bench.cognito.instead = instead;
    const answer = await callback(bench, { code, state });
    expect(refusedWith(answer)).toEqual([503, "sign_in_unavailable", undefined, []]);
    expect(answer.headers["retry-after"]).toEqual(["5"]);
  });
});

describe("a sign-in of somebody whose sessions were ended", () => {
  test("begins again once by itself, with the password, and keeps its way back", async () => {
    const bench = createBench();
    bench.revoked.add("alice");
    const { code, state } = await begin(bench);
    const { status, location = "" } = await callback(bench, { code, state });
    expect([status, new URL(location).pathname]).toEqual([302, "/logout"]);
    bench.revoked.clear();
    const back = new URL(bench.cognito.browse(new URL(location)));
    const answer = await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
    expect([answer.status, answer.location]).toEqual([302, "/deep#"]);
  });

  test("waits for the person then", async () => {
    const { visit, revoked } = createBench();
    revoked.add("alice");
    const { status, code, hops, body } = await visit("/deep");
    expect([status, code, hops.length]).toEqual([401, "token_revoked", 4]);
    expect(body).toContain('href="/.auth/login?fresh=1&amp;return_to=%2Fdeep"');
  });
});

test("the walk-through's answer, which holds no query, shows where its token is, where the stage opens it", async () => {
  const client = { name: "walkthrough", kind: "person", tokenUses: ["id", "access"] } as const;
  const clients = { ...guardSettings.clients, "3walkwalkwalkwalkwalkwalkw1": client };
  const open = await callback(createBench({ ...guardSettings, clients }), "");
  expect(refusedWith(open)).toEqual([400, "sign_in_malformed", undefined, []]);
  expect(open.body).toContain("<h1>Your token is in the address bar</h1>");
  expect(refusedWith(await callback(createBench(), ""))).toEqual([
    400,
    "sign_in_malformed",
    undefined,
    [],
  ]);
});

test("a refused answer leads back to where the sign-in was to return", async () => {
  const bench = createBench();
  const { state } = await begin(bench);
  const { body } = await callback(bench, { code: "another", state });
  expect(body).toContain('href="/.auth/login?return_to=%2Fdeep"');
});

test("the page of an unmatched answer goes on by itself once", async () => {
  const bench = createBench();
  const first = await callback(bench, { code: "c", state: `0${"r".repeat(43)}` });
  expect(first.body).toContain('<meta http-equiv="refresh" content="0;url=/.auth/login?again=1">');
  const { location = "" } = await bench.browse("/.auth/login?again=1");
  expect(new URL(location).searchParams.get("state")).toMatch(/^1/);
  for (const state of [`0${"r".repeat(43)}`, `1${"r".repeat(43)}`]) {
    const second = await callback(bench, { code: "c", state });
    expect(second.body).not.toContain("http-equiv");
    expect(second.body).toContain('<a class="button" href="/.auth/login">Sign in again</a>');
  }
});
