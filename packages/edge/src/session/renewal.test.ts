import { unverifiedClaim } from "@sst-gatehouse/core/unverified-token";
import { describe, expect, test } from "vitest";

import {
  type EventParts,
  guardSettings,
  issuer,
  machineClient,
  updatedIssuer,
  webClient,
} from "../../test/events.ts";
import {
  appOrigin,
  type Bench,
  createBench,
  ended,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  sessionCookie,
  openedLines,
  sessionIn,
  sessionLines,
  type Outcome,
} from "../../test/test-browser.ts";
import { type TokenAnswer, without } from "../../test/cognito.ts";

const fifty = Array.from({ length: 50 }, (_none, index) => index);

/** A browser whose access token has expired. */
async function expired(bench: Bench = createBench()) {
  const session = await bench.signIn();
  bench.clock.advance(3601);
  return { ...bench, session, cookie: sessionCookie(session) };
}

const refreshes = ({ cognito }: Bench): number =>
  cognito.posted.filter((form) => form["grant_type"] === "refresh_token").length;

describe("a navigation with a session that has expired", () => {
  test("is sent back to the same address with a new session, and nothing reaches the backend", async () => {
    const { browse, cognito, clock, signed, session } = await expired();
    const before = signed.length;
    let tokens: TokenAnswer = {};
    cognito.tamper = (answer) => (tokens = answer);
    const answer = await browse("/x?a=1&a=2");
    expect([answer.status, answer.location]).toEqual([307, `${appOrigin}/x?a=1&a=2`]);
    const { access_token, refresh_token } = tokens;
    expect(openedLines(answer.cookies)).toEqual([
      ...sessionLines({
        accessToken: String(access_token),
        refreshToken: String(refresh_token),
      }),
      `__Host-Http-gatehouse-renewed=${clock.now()}; Max-Age=10; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ]);
    expect(refresh_token).not.toBe(session.refreshToken);
    expect(signed).toHaveLength(before);
    expect(cognito.posted.at(-1)).toEqual({
      path: `${hostedOrigin}/oauth2/token`,
      grant_type: "refresh_token",
      client_id: webClient,
      refresh_token: session.refreshToken,
    });
    const again = await browse("/x?a=1&a=2");
    expect(again.forwarded?.querystring).toBe("a=1&a=2");
  });

  test.each([
    ["the updated one", issuer, updatedIssuer],
    ["the original one again", updatedIssuer, issuer],
  ])("goes on where the pool was set to its other name: %s", async (_which, before, after) => {
    const bench = createBench();
    bench.cognito.issuer = before;
    const { cognito, browse } = await expired(bench);
    cognito.issuer = after;
    const renewed: unknown[] = [];
    cognito.tamper = (answer) => {
      renewed.push(unverifiedClaim(String(answer["access_token"]), "iss"));
      return answer;
    };
    expect((await browse("/x")).status).toBe(307);
    expect(renewed).toEqual([after]);
    expect((await browse("/x")).forwarded?.uri).toBe("/x");
  });

  test("keeps the refresh token where the pool does not rotate it", async () => {
    const { browse, cognito, jar, session } = await expired();
    cognito.tamper = (answer) => without("refresh_token", answer);
    await browse("/x");
    expect(sessionIn(jar).refreshToken).toBe(session.refreshToken);
  });

  test.each(["//evil.example", "//evil.example/%41", "/.//evil.example"])(
    "to %s stays on this origin",
    async (path) => {
      const { browse } = await expired();
      const { status, location = "" } = await browse(path);
      expect([status, location]).toEqual([307, `${appOrigin}${path}`]);
      expect(new URL(location).origin).toBe(appOrigin);
    },
  );

  test.each(["@evil.example/", ".evil.example/", ":8443/x", "/a\r\nx: y", "/\tx", "/\ufffd"])(
    "to %j, which could break out of the address, is not renewed",
    async (path) => {
      const bench = await expired();
      const { status } = await bench.browse("", { uri: path });
      expect(status).not.toBe(307);
      expect(refreshes(bench)).toBe(0);
    },
  );

  test("to an address with raw characters is renewed in its one spelling", async () => {
    const { browse } = await expired();
    const { status, location } = await browse("", { uri: "/café[1]" });
    expect([status, location]).toEqual([307, `${appOrigin}/caf%C3%A9%5B1%5D`]);
  });

  test("from another site's link is renewed like any other", async () => {
    const { browse } = await expired();
    const { status } = await browse("/x", { headers: fromElsewhere });
    expect(status).toBe(307);
  });

  test("by a form of this site keeps method and body, as 307 does", async () => {
    const { browse } = await expired();
    const { status } = await browse("/x", { method: "POST", headers: { origin: appOrigin } });
    expect(status).toBe(307);
  });

  test("by a form of another site is refused before anything is renewed", async () => {
    const bench = await expired();
    const answer = await bench.browse("/public/x", {
      method: "POST",
      headers: { ...fromElsewhere, origin: "https://evil.example" },
    });
    expect([answer.status, answer.code, answer.cookies]).toEqual([403, "cross_site", []]);
    expect(refreshes(bench)).toBe(0);
  });
});

describe("a script with a session that has expired", () => {
  test.each(["POST", "PUT", "DELETE"])("is told so: %s", async (method) => {
    const bench = await expired();
    const answer = await bench.browse("/x", { method, headers: { ...fetched, origin: appOrigin } });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_expired", []]);
    expect(answer.headers["www-authenticate"]).toEqual(['Bearer error="invalid_token"']);
    expect(JSON.parse(answer.body)).toMatchObject({ signInUrl: "/.auth/login" });
    expect(refreshes(bench)).toBe(0);
  });

  test("is nobody on a public path", async () => {
    const { browse } = await expired();
    const headers = { ...fetched, origin: appOrigin };
    const { forwarded } = await browse("/public/x", { method: "POST", headers });
    expect(forwarded?.headers["x-gatehouse-caller"]).toBeDefined();
    expect(forwarded?.headers["cookie"]).toBeUndefined();
  });

  test("gets a new one by /.auth/refresh, and goes on", async () => {
    const { browse } = await expired();
    const post = { method: "POST", headers: { ...fetched, origin: appOrigin } };
    const answer = await browse("/.auth/refresh", post);
    expect([answer.status, answer.body, answer.location]).toEqual([204, "", undefined]);
    expect(answer.cookies).toHaveLength(1);
    expect((await browse("/x", { headers: fetched })).forwarded).toBeDefined();
  });
});

describe("many at once", () => {
  test("share one call to Cognito, and get the same session", async () => {
    const bench = await expired();
    let go = (): void => undefined;
    bench.cognito.delay = new Promise((resolve) => (go = resolve));
    const { cookie } = bench;
    const asked = Array.from({ length: 5 }, (_none, index) =>
      bench.send({ uri: `/${index}`, headers: { ...followed, cookie } }),
    );
    const scripts = Array.from({ length: 20 }, () =>
      bench.send({
        uri: "/.auth/refresh",
        method: "POST",
        headers: { ...fetched, origin: appOrigin, cookie },
      }),
    );
    go();
    const answers = await Promise.all([...asked, ...scripts]);
    expect(answers.map(({ status }) => status)).toEqual([
      ...asked.map(() => 307),
      ...scripts.map(() => 204),
    ]);
    expect(new Set(answers.map(({ cookies }) => openedLines(cookies)[0])).size).toBe(1);
    expect(refreshes(bench)).toBe(1);
  });

  test("are no loop: a window of ten tabs is restored", async () => {
    const bench = await expired();
    const tabs = Array.from({ length: 10 }, (_none, tab) =>
      bench.send({ uri: `/${tab}`, headers: { ...followed, cookie: bench.cookie } }),
    );
    const answers = await Promise.all(tabs);
    expect(answers.map(({ status }) => status)).toEqual(tabs.map(() => 307));
  });

  test("in two containers are what the grace period of a rotated token is for", async () => {
    const bench = await expired();
    const [other, third] = [
      createBench(guardSettings, { beside: bench }),
      createBench(guardSettings, { beside: bench }),
    ];
    const { cookie } = bench;
    const parts = { uri: "/x", headers: { ...followed, cookie } };
    const first = await bench.send(parts);
    bench.clock.advance(59);
    const second = await other.send(parts);
    expect([first.status, second.status]).toEqual([307, 307]);
    expect(second.cookies).not.toEqual(first.cookies);
    bench.clock.advance(2);
    const late = await third.send(parts);
    expect([late.status, late.code]).toEqual([302, undefined]);
    expect(late.cookies.slice(1)).toEqual([ended("session.1of1")]);
  });

  test("do not share what belongs to another refresh token", async () => {
    const bench = createBench();
    const alice = await expired(bench);
    bench.cognito.user = "bob";
    const bob = await expired(bench);
    const answers = await Promise.all(
      [alice.cookie, bob.cookie].map((cookie) =>
        bench.send({ uri: "/.auth/me", headers: { ...fetched, cookie } }),
      ),
    );
    expect(answers.map(({ code }) => code)).toEqual(["token_expired", "token_expired"]);
    const renewed = await Promise.all(
      [alice.cookie, bob.cookie].map((cookie) =>
        bench.send({ uri: "/x", headers: { ...followed, cookie } }),
      ),
    );
    expect(renewed.map(({ status }) => status)).toEqual([307, 307]);
    expect(refreshes(bench)).toBe(2);
  });
});

const image = { ...fetched, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
const beacon = {
  method: "POST",
  headers: { ...fetched, "sec-fetch-mode": "no-cors", origin: appOrigin },
};

/** What a page that was left open asks for: as Chromium 155 says it. */
const loads: [what: string, parts: EventParts][] = [
  ["an image", { headers: image }],
  ["a font", { headers: { ...fetched, "sec-fetch-dest": "font" } }],
  ["a script that is loaded late", { headers: { ...fetched, "sec-fetch-dest": "script" } }],
  ["an event source", { headers: { ...fetched, accept: "text/event-stream" } }],
  ["a film, from its middle", { headers: { ...image, range: "bytes=5-" } }],
  ["a call that reads", { headers: fetched }],
  ["a call for the head", { method: "HEAD", headers: fetched }],
  ["a download", { headers: { ...followed, "sec-fetch-dest": "empty" } }],
  ["an image through a service worker", { headers: { ...image, "sec-fetch-dest": "empty" } }],
  ["a beacon", beacon],
];

/** What cannot be sent twice, or does not say that it comes from here. */
const left: [what: string, parts: EventParts, code: string][] = [
  [
    "a call that writes",
    { method: "POST", headers: { ...fetched, origin: appOrigin } },
    "token_expired",
  ],
  ["an upload", { method: "PUT", headers: { ...fetched, origin: appOrigin } }, "token_expired"],
  ["an old browser's image", { headers: { accept: "image/webp,*/*" } }, "token_expired"],
  ["a sibling's image", { headers: { ...image, "sec-fetch-site": "same-site" } }, "token_missing"],
  [
    "another site's image",
    { headers: { ...image, "sec-fetch-site": "cross-site" } },
    "token_missing",
  ],
  [
    "a doubled word",
    { headers: { ...image, "sec-fetch-site": ["same-origin", "same-origin"] } },
    "token_missing",
  ],
  [
    "a frame of a sibling",
    { headers: { ...followed, "sec-fetch-dest": "iframe", "sec-fetch-site": "same-site" } },
    "token_missing",
  ],
  [
    "another site's beacon",
    { ...beacon, headers: { ...beacon.headers, "sec-fetch-site": "cross-site" } },
    "cross_site",
  ],
];

describe("a page that was left open for an hour", () => {
  test.each(loads)("has %s renewed at its address, and then answered", async (_what, parts) => {
    const bench = await expired();
    const answer = await bench.browse("/x?y=1", parts);
    expect([answer.status, answer.location]).toEqual([307, `${appOrigin}/x?y=1`]);
    expect(answer.headers["referrer-policy"]).toEqual(["same-origin"]);
    expect(answer.cookies).toHaveLength(2);
    expect((await bench.browse("/x?y=1", parts)).status).toBe(0);
    expect(refreshes(bench)).toBe(1);
  });

  test.each(left)("is not renewed by %s", async (_what, parts, code) => {
    const bench = await expired();
    const headers = { ...parts.headers, cookie: bench.cookie };
    const answer = await bench.send({ uri: "/x", ...parts, headers });
    expect([answer.code, answer.location, answer.cookies]).toEqual([code, undefined, []]);
    expect(refreshes(bench)).toBe(0);
  });

  test.each([
    ["at once", "/x"],
    ["one after the other", "/x"],
    ["at once", undefined],
    ["one after the other", undefined],
  ])("has fifty images renewed %s by one call of a container: at %s", async (how, address) => {
    const bench = await expired();
    const ask = (index: number) =>
      bench.send({ uri: address ?? `/${index}`, headers: { ...image, cookie: bench.cookie } });
    const answers: Outcome[] = [];
    if (how === "at once") answers.push(...(await Promise.all(fifty.map(ask))));
    else for (const index of fifty) answers.push(await ask(index));
    expect(answers.map(({ status }) => status)).toEqual(fifty.map(() => 307));
    expect(new Set(answers.map(({ cookies }) => openedLines(cookies)[0])).size).toBe(1);
    expect(refreshes(bench)).toBe(1);
  });

  test("has all that ten containers serve renewed, for the minute that a rotated token is good for", async () => {
    const first = await expired();
    const others = Array.from({ length: 9 }, () => createBench(guardSettings, { beside: first }));
    const kept: string[] = [];
    for (const seconds of [0, 30, 30]) {
      first.clock.advance(seconds);
      const answers = await Promise.all(
        fifty.map((index) =>
          [first, ...others][index % 10]!.send({
            uri: `/${index}`,
            headers: { ...image, cookie: first.cookie },
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(fifty.map(() => 307));
      kept.push(...answers.map(({ cookies }) => cookies[0]?.split(";")[0] ?? ""));
    }
    expect(refreshes(first)).toBe(30);
    // Whichever of them the browser keeps, it is alive.
    first.clock.advance(3601);
    for (const cookie of new Set(kept.slice(-50)))
      expect((await first.send({ uri: "/x", headers: { ...image, cookie } })).status).toBe(307);
  });

  test("is told so where Cognito is away, and keeps its session", async () => {
    const bench = await expired();
    bench.cognito.instead = { status: 500, body: undefined };
    const answer = await bench.browse("/x", { headers: image });
    expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_expired", []]);
    bench.cognito.instead = undefined;
    expect((await bench.browse("/x", { headers: image })).status).toBe(307);
  });

  test("is told so where its session is over, and loses it", async () => {
    const bench = await expired();
    bench.cognito.instead = { status: 400, body: { error: "invalid_grant" } };
    const answer = await bench.browse("/x", { headers: image });
    expect([answer.status, answer.code, answer.cookies]).toEqual([
      401,
      "token_missing",
      [ended("session.1of1")],
    ]);
  });
});

describe("a session that Cognito does not renew", () => {
  test("is ended, and the sign-in begins, with the way back kept", async () => {
    const bench = await expired();
    bench.cognito.instead = { status: 400, body: { error: "invalid_grant" } };
    const { status, location = "", cookies } = await bench.browse("/x?y=1");
    const { origin, pathname } = new URL(location);
    expect([status, origin, pathname]).toEqual([302, hostedOrigin, "/oauth2/authorize"]);
    expect(cookies.slice(1)).toEqual([ended("session.1of1")]);
    bench.cognito.instead = undefined;
    const back = new URL(bench.cognito.browse(new URL(location)));
    const end = await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
    expect(end.location).toBe("/x?y=1#");
  });

  test("is not offered again for 60 seconds", async () => {
    const bench = await expired();
    const parts = { uri: "/x", headers: { ...followed, cookie: bench.cookie } };
    bench.cognito.instead = { status: 400, body: { error: "invalid_grant" } };
    await bench.send(parts);
    expect(refreshes(bench)).toBe(1);
    bench.clock.advance(59);
    await bench.send(parts);
    expect(refreshes(bench)).toBe(1);
    bench.clock.advance(1);
    await bench.send(parts);
    expect(refreshes(bench)).toBe(2);
  });

  test.each([
    ["no answer", new Error("ECONNREFUSED")],
    ["500", { status: 500, body: undefined }],
    ["503 with a page", { status: 503, body: undefined }],
    ["429", { status: 429, body: undefined }],
    ["an answer without tokens", { status: 200, body: {} }],
    ["a list", { status: 200, body: ["x"] }],
  ])(
    "but is away (%s): the session stays, and the next request asks again",
    async (_what, instead) => {
      const bench = await expired();
      const parts = {
        uri: "/x",
        querystring: "y=1",
        headers: { ...followed, cookie: bench.cookie },
      };
      bench.cognito.instead = instead;
      const answer = await bench.send(parts);
      expect([answer.status, answer.code, answer.cookies]).toEqual([
        503,
        "sign_in_unavailable",
        [],
      ]);
      expect(answer.body).toContain('href="/x?y=1"');
      const script = await bench.send({
        uri: "/.auth/refresh",
        method: "POST",
        headers: { ...fetched, origin: appOrigin, cookie: bench.cookie },
      });
      expect([script.status, script.code, script.cookies]).toEqual([
        503,
        "sign_in_unavailable",
        [],
      ]);
      expect(script.headers["retry-after"]).toEqual(["5"]);
      bench.cognito.instead = undefined;
      expect((await bench.send(parts)).status).toBe(307);
    },
  );

  test("because it was ended by an administrator begins a sign-in with the password", async () => {
    const bench = await expired();
    bench.revoked.add("alice");
    const { status, location = "", cookies } = await bench.browse("/x");
    expect([status, new URL(location).pathname]).toEqual([302, "/logout"]);
    expect(cookies.slice(1)).toEqual([ended("session.1of1")]);
    expect(refreshes(bench)).toBe(0);
  });

  test("because it has become too large to carry: 431 with a way out", async () => {
    const bench = await expired();
    bench.cognito.groups = Array.from({ length: 80 }, (_none, i) => `${i}-${"g".repeat(90)}`);
    const answer = await bench.browse("/x");
    expect([answer.status, answer.code, answer.cookies]).toEqual([431, "headers_too_large", []]);
    expect(answer.body).toContain('<a class="button" href="/.auth/logout">Sign out</a>');
  });
});

describe("only one's own session is renewed", () => {
  type Swap = (bench: Bench) => Promise<string>;
  const swaps: [what: string, swap: Swap, refreshes: number][] = [
    [
      "A's access token beside B's refresh token",
      async (bench) => {
        const alice = await bench.signIn();
        bench.cognito.user = "bob";
        const { refreshToken } = await bench.signIn();
        return sessionCookie({ ...alice, refreshToken });
      },
      1,
    ],
    [
      "an ID token as access token",
      async (bench) => {
        const { refreshToken } = await bench.signIn();
        return sessionCookie({
          accessToken: bench.cognito.idToken({ sub: "alice" }),
          refreshToken,
        });
      },
      0,
    ],
    [
      "an access token of another client",
      async (bench) => {
        const { refreshToken } = await bench.signIn();
        const accessToken = bench.cognito.accessToken({ sub: "alice", clientId: machineClient });
        return sessionCookie({ accessToken, refreshToken });
      },
      0,
    ],
    [
      "an access token that somebody made",
      async (bench) => {
        const { accessToken, refreshToken } = await bench.signIn();
        const [head, body] = accessToken.split(".");
        return sessionCookie({ accessToken: `${head}.${body}.${"A".repeat(342)}`, refreshToken });
      },
      0,
    ],
    [
      "what is no token",
      async (bench) =>
        sessionCookie({ accessToken: "x.y.z", refreshToken: (await bench.signIn()).refreshToken }),
      0,
    ],
  ];
  test.each(swaps)("not %s", async (_what, swap, asked) => {
    const bench = createBench();
    const cookie = await swap(bench);
    bench.clock.advance(3601);
    const answer = await bench.send({
      uri: "/.auth/refresh",
      method: "POST",
      headers: { ...fetched, origin: appOrigin, cookie },
    });
    expect([answer.status, answer.code]).toEqual([401, "token_expired"]);
    expect(answer.cookies).toEqual([ended("session.1of1")]);
    expect(refreshes(bench)).toBe(asked);
    const page = await bench.send({ uri: "/x", headers: { ...followed, cookie } });
    expect(page.status).toBe(302);
    expect(page.cookies.slice(1)).toEqual([ended("session.1of1")]);
  });

  test.each([
    ["of somebody else", { sub: "bob" }],
    ["of another client", { clientId: machineClient }],
    ["that has expired already", { sub: "alice", lifetimeSeconds: -1 }],
  ])("not by a token %s that comes back", async (_what, claims) => {
    const bench = await expired();
    bench.cognito.tamper = (answer) => ({
      ...answer,
      access_token: bench.cognito.accessToken(claims),
    });
    const answer = await bench.browse("/x");
    expect(answer.status).toBe(302);
    expect(answer.cookies.slice(1)).toEqual([ended("session.1of1")]);
  });
});

describe("a browser that does not keep its new session is not sent round", () => {
  test("because its own mark says that it was given one", async () => {
    const bench = await expired();
    bench.jar.refuses = (name) => !name.includes("renewed");
    const { status, code, hops, cookies } = await bench.visit("/x");
    expect([status, code, hops.length, cookies]).toEqual([400, "sign_in_cookies", 1, []]);
  });

  test("because the same refresh token comes too often", async () => {
    const bench = await expired();
    bench.jar.refuses = () => true;
    const { status, code, hops } = await bench.visit("/x");
    expect([status, code, hops.length]).toEqual([400, "sign_in_cookies", 5]);
  });

  test.each([
    ["keeps nothing", () => true, 60],
    ["keeps small cookies", (name: string) => !name.includes("renewed"), 1],
  ])("for the parts of a page, either, where it %s", async (_what, refuses, most) => {
    const bench = await expired();
    bench.jar.refuses = refuses;
    let hops = 0;
    let answer = await bench.browse("/x", { headers: image });
    for (; answer.status === 307; hops += 1) answer = await bench.browse("/x", { headers: image });
    expect([answer.status, answer.code, hops, answer.cookies]).toEqual([
      401,
      "token_expired",
      most,
      [],
    ]);
  });

  test("but its pages are not counted with their parts, nor with other pages", async () => {
    const bench = await expired();
    const ask = (uri: string, headers: Readonly<Record<string, string>>) =>
      bench.send({ uri, headers: { ...headers, cookie: bench.cookie } });
    for (const index of fifty) {
      expect((await ask("/x", image)).status).toBe(307);
      expect((await ask(`/${index}`, followed)).status).toBe(307);
    }
    expect((await ask("/x", followed)).status).toBe(307);
  });

  test("because it keeps the attempt, and nothing that ends it", async () => {
    const bench = createBench();
    const { location = "" } = await bench.browse("/x");
    const back = new URL(bench.cognito.browse(new URL(location)));
    bench.jar.refuses = () => true;
    const redeemed = await bench.browse(`${back.pathname}${back.search}`);
    expect(redeemed.location).toBe("/x#");
    const { status, code, cookies } = await bench.browse("/x");
    expect([status, code, cookies]).toEqual([400, "sign_in_cookies", []]);
  });

  test("but may try again ten seconds later", async () => {
    const bench = await expired();
    bench.jar.refuses = () => true;
    await bench.visit("/x");
    bench.clock.advance(10);
    expect((await bench.browse("/x")).status).toBe(307);
  });
});
