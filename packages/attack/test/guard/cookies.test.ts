import { createSealedSessions } from "@sst-gatehouse/edge/sealed-session";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { type Bench, createBench, followed, sealing } from "@sst-gatehouse/edge/test/test-browser";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";

const name = "__Host-Http-gatehouse-session.1of1";

let bench: Bench;
/** Sessions of this stage, of lengths that differ by less than three: base64url ends in three ways. */
let good: readonly string[];
/** Sealed for another stage, by another key, and for another address of this stage. */
let strange: readonly string[];
beforeAll(async () => {
  bench = createBench();
  good = await sessionsOf(bench, "al", "ali", "alic");
  const elsewhere = { ...guardSettings, prefix: "/gatehouse/app/elsewhere" };
  const otherKeys = { keys: [Buffer.alloc(32, 7).toString("base64")] };
  const { seal } = createSealedSessions(
    sealing,
    `__Host-Http-gatehouse-session ${guardSettings.prefix}`,
  );
  strange = [
    ...(await sessionsOf(createBench(elsewhere), "bob")),
    ...(await sessionsOf(createBench(undefined, { sealing: otherKeys }), "carol")),
    seal(await bench.signIn(), "https://other.example"),
  ];
});

/** Signs people in, whose tokens nobody could tell from each other but for the name: what is refused is the cookie. */
async function sessionsOf(signedIn: Bench, ...users: readonly string[]): Promise<string[]> {
  const sessions: string[] = [];
  for (const user of users) {
    signedIn.cognito.user = user;
    await signedIn.visit("/.auth/login?return_to=/public/start");
    sessions.push(signedIn.jar.get(name) ?? "");
  }
  return sessions;
}

type Change = (session: string) => readonly string[];
const at = (text: string, index: number) => index % Math.max(text.length, 1);
const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The letter after it: where a text ends, it may stand for the same bytes. */
const next = (letter: string) => base64url[(base64url.indexOf(letter) + 1) % 64];

/** What may become of one cookie, as the pieces of a `Cookie` header. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>((value) => [`${name}=${value}`, `${name}=${value}`]),
  fc.constant<Change>((value) => [`${name.toLowerCase()}=${value}`]),
  fc.constant<Change>((value) => [`${name.replace("Http-", "")}=${value}`]),
  fc.constant<Change>((value) => [`${name.replace("1of1", "1of2")}=${value}`]),
  fc.constant<Change>((value) => [`${name.replace("session", "access")}=${value}`]),
  fc.constant<Change>((value) => [`${name}="${value}"`]),
  fc.constant<Change>((value) => [`${name}=${value}=`]),
  fc.constant<Change>((value) => [`${name}=${value}-`]),
  fc.constant<Change>((value) => [`${name}=${value.slice(0, -1)}${next(value.slice(-1))}`]),
  fc.constant<Change>((value) => [
    `${name}=${value.replace(/^./, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`,
  ]),
  fc.constant<Change>((value) => [`${name}=${value}`, `${name.replace("1of1", "2of2")}=x`]),
  fc.nat().map<Change>((cut) => (value) => [`${name}=${value.slice(0, at(value, cut))}`]),
  fc
    .nat()
    .map<Change>((cut) => (value) => [
      `${name}=${value.slice(at(value, cut), -1)}${value.slice(0, at(value, cut))}`,
    ]),
  fc
    .tuple(fc.nat(), fc.constantFrom(...Array.from("AQgw-_9z")))
    .map<Change>(([index, letter]) => (value) => {
      const place = at(value, index);
      const other = value[place] === letter ? "B" : letter;
      return [`${name}=${value.slice(0, place)}${other}${value.slice(place + 1)}`];
    }),
);

const where = {
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
};

test("only a session as it was given to this browser is one; whatever else comes is nobody's, without a word why", async () => {
  const send = (cookie: string) => bench.send({ uri: "/me", headers: { ...where, cookie } });
  for (const session of good) expect((await send(`${name}=${session}`)).status).toBe(0);
  const nobody = await send("theme=dark");
  const seed = drawSeed("cookies");
  const session = fc.nat().map((pick) => good[pick % good.length] ?? "");
  const changed = fc.tuple(change, session).map(([become, value]) => become(value).join("; "));
  const foreign = fc.nat().map((pick) => `${name}=${strange[pick % strange.length]}`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, foreign), async (cookie) => {
      const { status, code, forwarded } = await send(cookie);
      expect([status, code, forwarded]).toEqual([nobody.status, nobody.code, undefined]);
    }),
    { seed, numRuns: draws },
  );
});

/** Requests of each kind whose answer a session changes. */
const requests = {
  "a script's": { uri: "/me", headers: where },
  "a page": { uri: "/me", headers: followed },
  "a page for anyone": { uri: "/public/x", headers: followed },
  "who am I": { uri: "/.auth/me", headers: where },
  "a renewal": { method: "POST", uri: "/.auth/refresh", headers: where },
  "a sign-out": { uri: "/.auth/logout", headers: followed },
};

describe("an answer does not tell why a cookie could not be opened:", () => {
  test.each(Object.entries(requests))("%s", async (_what, { headers, ...request }) => {
    const answerTo = async (session: string) => {
      const [logged, asked] = [bench.lines.length, bench.cognito.posted.length];
      const cookie = `${name}=${session}`;
      const outcome = await bench.send({ ...request, headers: { ...headers, cookie } });
      const lines = bench.lines.slice(logged);
      const text = JSON.stringify([outcome, lines, bench.cognito.posted.slice(asked)]);
      // The random values of a new sign-in: state, nonce, verifier and its hash; its cookie holds them as base64url. And
      // those of each request: its trace, and what its steps took.
      return text
        .replaceAll(/(?<=attempt\.)[\w.-]+=[\w.-]+/g, "<attempt>")
        .replaceAll(/(?<=(?:state|nonce|code_challenge|Signature)=)[\w.-]+/g, "<random>")
        .replaceAll(/00-[0-9a-f]{32}-[0-9a-f]{16}/g, "<trace>")
        .replaceAll(/(?<=(?:trace|span)\\":\\")[0-9a-f]+/g, "<random>")
        .replaceAll(/(?<=ms\\*":)\{[^}]*\}/g, "<time>");
    };
    const [session = ""] = good;
    const bytes = Buffer.from(session, "base64url");
    const changedAt = (index: number) => {
      const other = Buffer.from(bytes);
      other[index] = (bytes.at(index) ?? 0) ^ 1;
      return other.toString("base64url");
    };
    const half = bytes.length / 2;
    const halves = Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]);
    const [version, nonce, ciphertext, tag] = [0, 1, 13, bytes.length - 1];
    const answer = await answerTo(halves.toString("base64url"));
    expect(answer).not.toBe(await answerTo(session));
    for (const unopened of [
      ...[version, nonce, ciphertext, tag].map(changedAt),
      ...strange,
      session.slice(0, 40),
      "A",
    ])
      expect(await answerTo(unopened)).toBe(answer);
  });
});
