import type { Graph } from "@sst-gatehouse/deploy/graph";
import type { AccountState, Json } from "@sst-gatehouse/local/test/account-state";
import { beforeAll, expect, test } from "vitest";

import {
  configOf,
  examine,
  playAccount,
  redeploy,
  siteSituation,
  wrong,
} from "./support/stage-in-account.ts";
import { backends, evaluateStaticSite, rules, site } from "./support/static-site-sample.ts";

playAccount();

let graph: Graph;
beforeAll(async () => {
  ({ graph } = await evaluateStaticSite());
}, 300_000);

const situation = (change?: (state: AccountState) => void) =>
  siteSituation(graph, { rules, site, backends }, change);

test("a stage on the app's StaticSite is well in every row, and has one of the site", async () => {
  const { rows, calls } = await examine(situation());
  expect(rows.filter(({ ok }) => !ok)).toEqual([]);
  expect(rows.map(({ id }) => id).filter((id) => id.startsWith("site-"))).toEqual(["site-paths"]);
  expect(calls.filter((call) => / s3:/.test(call))).toEqual([]);
});

test("one that gate.ts does not have is told", async () => {
  const { site: _site, ...none } = situation();
  expect((await wrong(none)).map(({ id }) => id)).toContain("origin-hosts");
});

const ordered = (state: AccountState): Json[] => configOf(state)["CacheBehaviors"].Items;
const behavior = (state: AccountState, path: string): Json =>
  ordered(state).find(({ PathPattern }) => PathPattern === path)!;
const byDefault = (state: AccountState): Json => configOf(state)["DefaultCacheBehavior"];
const show = (state: AccountState, PathPattern: string, change: Json = {}) =>
  ordered(state).unshift({ ...behavior(state, "/assets/*"), PathPattern, ...change });

test.each<[string, (state: AccountState) => void, string, RegExp]>([
  [
    "a backend's path without the guard",
    (state) => (behavior(state, "/api/*")["LambdaFunctionAssociations"] = { Quantity: 0 }),
    "behaviour-guard",
    /^the behaviour for \/api\/\* has no guard/,
  ],
  [
    "a way past the guard",
    (state) => show(state, "/past/*", { TargetOriginId: "/api/*" }),
    "behaviour-guard",
    /^the behaviour for \/past\/\* has no guard/,
  ],
  [
    "all other paths shown to anyone",
    (state) => {
      const { PathPattern: _, ...shown } = behavior(state, "/assets/*");
      configOf(state)["DefaultCacheBehavior"] = shown;
    },
    "site-paths",
    /^CloudFront leads .*\/\* to the site, and gate\.ts .*\/\* to a backend/,
  ],
  [
    "a backend's path that leads to files",
    (state) =>
      Object.assign(behavior(state, "/api/*"), { ...behavior(state, "/"), PathPattern: "/api/*" }),
    "site-paths",
    /^CloudFront leads \/api\/\* to the site/,
  ],
  [
    "sessions for the origin of files",
    (state) =>
      (behavior(state, "/")["OriginRequestPolicyId"] = byDefault(state)["OriginRequestPolicyId"]),
    "behaviour-origin-request",
    /^the behaviour for \/ has the origin request policy/,
  ],
  [
    "a cache that tells people apart",
    (state) => (behavior(state, "/")["CachePolicyId"] = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"),
    "behaviour-cache",
    /^the behaviour for \/ has the cache policy .* and no guard/,
  ],
  [
    "the guard in front of SST's placeholder",
    (state) => (byDefault(state)["TargetOriginId"] = "default"),
    "origin-hosts",
    /^CloudFront leads to placeholder\.sst\.dev/,
  ],
])("%s is told, with what mends it", async (_what, change, id, problem) => {
  const found = (await wrong(situation(change))).find((row) => row.id === id);
  expect(found).toMatchObject({ problem: expect.stringMatching(problem), mend: redeploy });
});

test("what else the app shows by itself is the app's", async () => {
  expect(await wrong(situation((state) => show(state, "/blog/*")))).toEqual([]);
});
