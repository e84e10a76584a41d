import dns from "node:dns";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { draws } from "@sst-gatehouse/testkit/draws";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { loadBuiltGuard, type BuiltGuard } from "../built-guard.ts";
import { fuzzedBrowserEvent, fuzzedEvent } from "./event.ts";
import { hostedOrigin, judged } from "./judged-outcome.ts";
import { guardSettings } from "../events.ts";

/** Ten times this many events, so that memory can be looked at in between. */
const eventsPerRound = draws(500, 10_000);
const rounds = 10;

const anyEvent = fc.oneof(
  { weight: 2, arbitrary: fuzzedEvent },
  { weight: 3, arbitrary: fuzzedBrowserEvent },
);

/** Where nobody listens, so that whoever asks for tokens is turned away at once. */
const apiOrigin = "https://127.0.0.1:9";

/** How often each of these has to come about at least; the rarest does in one event of 400. */
const common = draws(1, 100);
const commonOutcomes = [
  "signed",
  "200",
  "204",
  "302",
  "cross_site",
  "header_malformed",
  "method_not_allowed",
  "path_ambiguous",
  "path_malformed",
  "sign_in_not_top_level",
  "sign_in_unknown",
  "sign_in_unavailable",
  "token_expired",
  "token_missing",
  "token_use",
  "page sign_in_cookies",
  "page sign_in_malformed",
  "page sign_in_unavailable",
  "page sign_in_unmatched",
  "page token_missing",
];

let guard: BuiltGuard;
beforeAll(async () => {
  const keys = guardSettings.jwks?.keys ?? [];
  const fetchedAt = Math.floor(Date.now() / 1000);
  const signIn = { hostedOrigin, apiOrigin, client: "web", peopleScopes: [] } as const;
  guard = await loadBuiltGuard({ ...guardSettings, signIn, jwks: { keys, fetchedAt } }, () => {});
});
afterAll(() => guard.close());

test("whatever the event, the answer is a signed request or one of the table, and memory stays flat", async () => {
  const seed = Date.now() % 2_147_483_647;
  console.log(`seed ${seed}, ${rounds * eventsPerRound} events`);
  const asked = new Set<unknown>();
  const lookup = vi.spyOn(dns, "lookup").mockImplementation((...call: unknown[]) => {
    asked.add(call[0]);
    const done = call.at(-1);
    if (typeof done === "function") Reflect.apply(done, undefined, [new Error("no such name")]);
  });
  const seen = new Map<string, number>();
  const held: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const property = fc.asyncProperty(anyEvent, async (event) => {
      const outcome = judged(await guard.handle(event), event);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    });
    await fc.assert(property, { seed: seed + round, numRuns: eventsPerRound });
    held.push(heldBytes());
  }
  lookup.mockRestore();
  // Each kind of outcome came about, so the events are neither all broken nor all whole.
  for (const outcome of commonOutcomes)
    expect([outcome, seen.get(outcome) ?? 0]).toEqual([outcome, expect.toSatisfy(isMany)]);
  // For the client's secret alone. Whoever reaches for Cognito otherwise than by the given address looks up its name first.
  expect([...asked]).toEqual(["ssm.eu-central-1.amazonaws.com"]);
  // The first rounds fill what is bounded: caches, compiled code.
  const grown = (held.at(-1) ?? 0) - (held[2] ?? 0);
  expect(grown).toBeLessThan(2_500_000);
}, 180_000);

function isMany(count: unknown): boolean {
  return typeof count === "number" && count >= common;
}

/** What is still in use after a full collection. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
