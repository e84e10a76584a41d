import { guardSettings } from "@sst-gatehouse/edge/test/events";
import {
  type Bench,
  createBench,
  fetched,
  openedLines,
  sessionCookie,
} from "@sst-gatehouse/edge/test/test-browser";
import { startCognito } from "@sst-gatehouse/local/test/cognito";
import { expect, onTestFinished, test } from "vitest";

const image = { ...fetched, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };

/** Ten containers of the guard before the stand-in's user pool, whose refresh tokens rotate, and a session of alice. */
async function tenContainers() {
  const stand = await startCognito();
  onTestFinished(() => stand.close());
  const { cognito, origin } = stand;
  const keySet = await fetch(`${origin}/${cognito.poolId}/.well-known/jwks.json`);
  const { keys } = await keySet.json();
  const clock = {
    now: () => Math.floor(stand.clock.now() / 1000),
    advance: (seconds: number) => stand.clock.advance(seconds),
  };
  const web = cognito.clientId("web");
  const settings = {
    ...guardSettings,
    issuers: [cognito.issuer],
    jwks: { keys, fetchedAt: clock.now() },
    clients: { [web]: { name: "web", kind: "person", tokenUses: ["id", "access"] } },
    clientNames: ["web"],
    signIn: { hostedOrigin: origin, client: "web", peopleScopes: ["api/read"] },
  } as const;
  let calls = 0;
  const userPool = {
    secret: cognito.clientSecret("web"),
    async post(url: string, fields: Readonly<Record<string, string>>, authorization: string) {
      calls += 1;
      const body = new URLSearchParams(fields);
      const answer = await fetch(url, { method: "POST", body, headers: { authorization } });
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    },
  };
  const containers = Array.from({ length: 10 }, () => createBench(settings, { clock, userPool }));
  const { access, refresh } = await cognito.tokensFor("alice", "web");
  const cookie = sessionCookie({ accessToken: access, refreshToken: refresh });
  return { containers, clock, cookie, calls: () => calls };
}

/** Fifty images of a page, spread over the containers. @returns what the browser may have kept: each answer's session. */
async function loadFifty(containers: readonly Bench[], cookie: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_none, index) =>
      containers[index % containers.length]?.send({
        uri: `/${index}`,
        headers: { ...image, cookie },
      }),
    ),
  );
  expect(answers.map((answer) => answer?.status)).toEqual(answers.map(() => 307));
  return answers.map((answer) => answer?.cookies[0]?.split(";")[0] ?? "");
}

test("fifty images after an hour are renewed by ten containers, and whichever session the browser keeps is alive", async () => {
  const { containers, clock, cookie, calls } = await tenContainers();
  const [first] = containers;
  expect((await first?.send({ uri: "/x", headers: { ...image, cookie } }))?.status).toBe(0);
  clock.advance(3601);
  await loadFifty(containers, cookie);
  expect(calls()).toBe(10);
  // Late ones, within the minute for which the pool takes the old token; each container has forgotten what it gave.
  clock.advance(50);
  const kept = await loadFifty(containers, cookie);
  expect(calls()).toBe(20);
  const sessions = new Map(kept.map((each) => [openedLines([`${each};`])[0], each]));
  expect(sessions.size).toBe(10);
  for (const session of sessions.values()) {
    const parts = { uri: "/x", headers: { ...image, cookie: session } };
    expect((await first?.send(parts))?.status).toBe(0);
  }
  clock.advance(3601);
  for (const session of sessions.values()) {
    const parts = { uri: "/x", headers: { ...image, cookie: session } };
    expect((await first?.send(parts))?.status).toBe(307);
  }
});
