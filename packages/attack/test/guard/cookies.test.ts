import { type Bench, createBench } from "@sst-gatehouse/edge/test/test-browser";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";

/** What browsers of four kinds hold: of this stage, of another one, under other keys, and of somebody else. */
let bench: Bench;
let good: readonly (readonly [name: string, value: string])[];
let strange: readonly (readonly [name: string, value: string])[];
beforeAll(async () => {
  bench = createBench();
  good = await cookiesOf(bench, "alice");
  const elsewhere = { ...guardSettings, prefix: "/gatehouse/app/elsewhere" };
  const otherKeys = { keys: [Buffer.alloc(32, 7).toString("base64")] };
  strange = [
    ...(await cookiesOf(createBench(elsewhere), "bob")),
    ...(await cookiesOf(createBench(undefined, { sealing: otherKeys }), "carol")),
  ];
});

async function cookiesOf(signedIn: Bench, user: string) {
  // Tokens that nobody could tell from alice's but for the name: what is refused is the cookie.
  signedIn.cognito.user = user;
  await signedIn.visit("/.auth/login?return_to=/public/start");
  return signedIn.jar
    .header()
    .split("; ")
    .map((pair) => pairOf(pair));
}

function pairOf(pair: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

type Change = (name: string, value: string) => readonly string[];
const at = (text: string, index: number) => index % Math.max(text.length, 1);

/** What may become of one cookie, as the pieces of a `Cookie` header. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>((name, value) => [`${name}=${value}`, `${name}=${value}`]),
  fc.constant<Change>((name, value) => [`${name.toLowerCase()}=${value}`]),
  fc.constant<Change>((name, value) => [`${name.replace("Http-", "")}=${value}`]),
  fc.constant<Change>((name, value) => [`${name.replace("1of1", "1of2")}=${value}`]),
  fc.constant<Change>((name, value) => [`${name.replace("session", "access")}=${value}`]),
  fc.constant<Change>((name, value) => [`${name}="${value}"`]),
  fc.constant<Change>((name, value) => [`${name}=${value}=`]),
  fc.constant<Change>((name, value) => [`${name}=${encodeURIComponent(`${value}-`)}`]),
  fc.constant<Change>((name, value) => [`${name}=${value}`, `${name.replace("1of1", "2of2")}=x`]),
  fc.nat().map<Change>((cut) => (name, value) => [`${name}=${value.slice(0, at(value, cut))}`]),
  fc
    .nat()
    .map<Change>((cut) => (name, value) => [
      `${name}=${value.slice(at(value, cut), -1)}${value.slice(0, at(value, cut))}`,
    ]),
  fc
    .tuple(fc.nat(), fc.constantFrom(...Array.from("AQgw-_9z")))
    .map<Change>(([index, letter]) => (name, value) => {
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
  const asItIs = await bench.send({ uri: "/me", headers: { ...where, cookie: lineOf(good) } });
  expect(asItIs.status).toBe(0);
  const plain = await bench.send({ uri: "/me", headers: where });
  const seed = drawSeed("cookies");
  const sessionName = good.find(([name]) => name.includes("session"))?.[0] ?? "";
  await fc.assert(
    fc.asyncProperty(change, fc.nat(), fc.boolean(), async (changed, pick, isStrange) => {
      const [name, value] = good.find(([each]) => each === sessionName) ?? ["", ""];
      const [, foreign = ""] = strange[pick % strange.length] ?? [];
      const cookie = isStrange ? `${name}=${foreign}` : changed(name, value).join("; ");
      const outcome = await bench.send({ uri: "/me", headers: { ...where, cookie } });
      expect([outcome.status, outcome.code, outcome.forwarded]).toEqual([
        plain.status,
        plain.code,
        undefined,
      ]);
    }),
    { seed, numRuns: draws },
  );
});

const lineOf = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map((pair) => pair.join("=")).join("; ");
