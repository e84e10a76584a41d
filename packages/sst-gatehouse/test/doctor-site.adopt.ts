import { defineAccess } from "@sst-gatehouse/core/access";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import type { AccountState, Json } from "@sst-gatehouse/local/test/account-state";
import { beforeAll, expect, test } from "vitest";

import { backends, evaluateSite, rules, site } from "./support/site-sample.ts";
import {
  configOf,
  examine,
  playAccount,
  redeploy,
  siteSituation,
  wrong,
} from "./support/stage-in-account.ts";

playAccount();

let graph: Graph;
beforeAll(async () => {
  ({ graph } = await evaluateSite());
}, 300_000);

const situation = (change?: (state: AccountState) => void) =>
  siteSituation(graph, { rules, site, backends }, change);

test("a stage with a site is well in every row, its own rows included", async () => {
  const { rows, calls } = await examine(situation());
  expect(rows.filter(({ ok }) => !ok)).toEqual([]);
  expect(rows.map(({ id }) => id).filter((id) => id.startsWith("site-"))).toEqual([
    "site-paths",
    "site-access-control",
    "site-policy",
    "site-closed",
    "site-pages",
  ]);
  expect(calls).toEqual(
    expect.arrayContaining([
      "us-east-1 cloudfront:GetOriginAccessControl",
      "us-east-1 cloudfront:GetFunction",
      "eu-central-1 s3:GetBucketPolicy",
      "eu-central-1 s3:GetBucketPublicAccessBlock",
    ]),
  );
});

test("one that gate.ts does not have is told", async () => {
  const { site: _site, ...none } = situation();
  const ids = (await wrong(none)).map(({ id }) => id);
  expect(ids).toContain("origin-hosts");
});

test("the probes of a backend ask no path of the site", async () => {
  const open = { ...rules, "/api/open/*": "anyone" } as const;
  const asked: string[] = [];
  const paths = async (own: Readonly<Record<string, "anyone" | "signed-in">>) => {
    asked.length = 0;
    const { rows } = await examine({
      ...situation(),
      access: defineAccess({ scopes: ["api/read"], rules: own }),
      async ask(url, _headers, options) {
        if (options?.method !== "HEAD") return undefined;
        asked.push(new URL(url).pathname);
        return { status: 404, headers: {}, setCookies: [], body: "" };
      },
    });
    return rows.find(({ id }) => id === "probe-empty-stream");
  };
  expect(await paths(open)).toMatchObject({ ok: true, problem: null });
  expect(asked).toEqual([expect.stringMatching(/^\/api\/open\/gatehouse-doctor-[0-9a-f]{8}$/)]);
  expect(await paths(rules)).toMatchObject({
    ok: true,
    problem: expect.stringMatching(/^not tried: .*lets nobody GET anything of a backend without/),
  });
  expect(asked).toEqual([]);
});

const behavior = (state: AccountState, path: string): Json =>
  configOf(state)["CacheBehaviors"].Items.find(({ PathPattern }: Json) => PathPattern === path);
const byDefault = (state: AccountState): Json => configOf(state)["DefaultCacheBehavior"];
const origin = (state: AccountState, id: string): Json =>
  configOf(state)["Origins"].Items.find(({ Id }: Json) => Id === id);
const bucket = (state: AccountState) => [...state.buckets.values()][0]!;

function rewrite(state: AccountState, from: string | RegExp, to: string): void {
  const before = bucket(state).policy ?? "";
  bucket(state).policy = before.replace(from, to);
  expect(bucket(state).policy).not.toBe(before);
}

const putPolicy =
  /^aws s3api put-bucket-policy --region eu-central-1 --bucket gatehouse-anna-site-[0-9a-f]{8} --policy '\{"Version":.*"AWS:SourceArn":"arn:aws:cloudfront::\d+:distribution\/\w+"\}\}\}\]\}'$/;
const close =
  /^aws s3api put-public-access-block --region eu-central-1 --bucket gatehouse-anna-site-[0-9a-f]{8} --public-access-block-configuration BlockPublicAcls=true,/;

/** By what somebody changed: the rows that are not well, what the first says, and what mends it. */
const mutations: Readonly<
  Record<
    string,
    readonly [
      change: (state: AccountState) => void,
      ids: readonly string[],
      problem: RegExp,
      mend: string | RegExp,
    ]
  >
> = {
  "guarded files without the guard": [
    (state) => (byDefault(state)["LambdaFunctionAssociations"] = { Quantity: 0 }),
    ["behaviour-guard"],
    /^the default behaviour has no guard/,
    redeploy,
  ],
  "guarded files in a cache": [
    (state) => (byDefault(state)["CachePolicyId"] = behavior(state, "/assets/*")["CachePolicyId"]),
    ["behaviour-cache"],
    /^the default behaviour has the cache policy .*, not CachingDisabled/,
    redeploy,
  ],
  "guarded files by any method": [
    (state) => (byDefault(state)["AllowedMethods"] = behavior(state, "/api/*")["AllowedMethods"]),
    ["behaviour-methods"],
    /^the default behaviour allows .*DELETE.*: a file is only read, by GET and HEAD$/,
    redeploy,
  ],
  "guarded files behind the function of the public ones": [
    (state) =>
      (byDefault(state)["FunctionAssociations"] = behavior(state, "/assets/*")[
        "FunctionAssociations"
      ]),
    ["behaviour-others"],
    /^the default behaviour has a CloudFront function/,
    redeploy,
  ],
  "a public pattern that gate.ts does not have": [
    (state) => (behavior(state, "/assets/*")["PathPattern"] = "/a*"),
    [
      "behaviour-guard",
      "behaviour-cache",
      "behaviour-origin-request",
      "behaviour-others",
      "site-paths",
    ],
    /^the behaviour for \/a\* has no guard/,
    redeploy,
  ],
  "a public pattern that leads past the guard to the backend": [
    (state) => (behavior(state, "/assets/*")["TargetOriginId"] = "/api/*"),
    [
      "behaviour-guard",
      "behaviour-cache",
      "behaviour-origin-request",
      "behaviour-methods",
      "behaviour-others",
      "site-paths",
    ],
    /^the behaviour for \/assets\/\* has no guard/,
    redeploy,
  ],
  "public paths after the one that takes all of theirs": [
    (state) => {
      const { CacheBehaviors } = configOf(state);
      CacheBehaviors.Items = CacheBehaviors.Items.toReversed();
    },
    ["site-paths"],
    /^CloudFront leads \/assets to the site, .*, and gate\.ts \/\.auth\/\* to a backend/,
    redeploy,
  ],
  "public files without their function": [
    (state) => (behavior(state, "/assets/*")["FunctionAssociations"] = { Quantity: 0 }),
    ["behaviour-guard"],
    /^the behaviour for \/assets\/\* does not run exactly gatehouse-anna-eu-central-1-site at viewer-request/,
    redeploy,
  ],
  "public files in no cache, with the viewer's headers": [
    (state) => {
      const { CachePolicyId, OriginRequestPolicyId } = byDefault(state);
      Object.assign(behavior(state, "/assets/*"), { CachePolicyId, OriginRequestPolicyId });
    },
    ["behaviour-cache", "behaviour-origin-request"],
    /^the behaviour for \/assets\/\* has the cache policy .*, not CachingOptimized/,
    redeploy,
  ],
  "another bucket": [
    (state) => (origin(state, "site")["DomainName"] = "evil.s3.eu-central-1.amazonaws.com"),
    [
      "behaviour-guard",
      "behaviour-cache",
      "behaviour-origin-request",
      "behaviour-methods",
      "behaviour-others",
      "origin-hosts",
      "origin-settings",
      "site-paths",
    ],
    /./,
    redeploy,
  ],
  "a folder of the bucket": [
    (state) => (origin(state, "site")["OriginPath"] = "/x"),
    ["origin-settings"],
    /^origin site adds a path/,
    redeploy,
  ],
  "a bucket that CloudFront does not sign for": [
    (state) => (origin(state, "site")["OriginAccessControlId"] = ""),
    ["site-access-control"],
    /^origin site has no origin access control, not always with sigv4 for s3/,
    redeploy,
  ],
  "one that is asked with the viewer's signature": [
    (state) => ([...state.accessControls.values()][0]!["SigningBehavior"] = "no-override"),
    ["site-access-control"],
    /^origin site has an origin access control that signs no-override with sigv4 for s3, not always/,
    redeploy,
  ],
  "a bucket for everybody": [
    (state) => rewrite(state, '{"Service":"cloudfront.amazonaws.com"}', '"*"'),
    ["site-policy"],
    /has a policy that does not let exactly this stage's distribution read its files/,
    putPolicy,
  ],
  "one for every distribution of the account": [
    (state) => rewrite(state, /distribution\/\w+/, "distribution/*"),
    ["site-policy"],
    /does not let exactly/,
    putPolicy,
  ],
  "one that CloudFront may list": [
    (state) => rewrite(state, '"s3:GetObject"', '["s3:GetObject","s3:ListBucket"]'),
    ["site-policy"],
    /does not let exactly/,
    putPolicy,
  ],
  "one with a further statement": [
    (state) =>
      rewrite(
        state,
        '"Statement":[',
        '"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"},',
      ),
    ["site-policy"],
    /does not let exactly/,
    putPolicy,
  ],
  "one without a policy": [
    (state) => (bucket(state).policy = undefined),
    ["site-policy"],
    /has no policy, so CloudFront gets no file$/,
    putPolicy,
  ],
  "one that takes public policies": [
    (state) => (bucket(state).closed!["BlockPublicPolicy"] = false),
    ["site-closed"],
    /is not closed to the public by BlockPublicPolicy:/,
    close,
  ],
  "one that nothing closes": [
    (state) => (bucket(state).closed = undefined),
    ["site-closed"],
    /by BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets:/,
    close,
  ],
  "public pages that are answered by a guarded one": [
    (state) => {
      const [[name, code] = ["", ""]] = [...state.viewerFunctions].filter(([each]) =>
        each.endsWith("-site"),
      );
      state.viewerFunctions.set(
        name,
        code.replace(/request\.uri = .*;/, 'request.uri = "/index.html";'),
      );
    },
    ["site-pages"],
    /is not the one that gate\.ts asks for: it may show a guarded file/,
    redeploy,
  ],
  "public pages that nothing answers": [
    (state) => state.viewerFunctions.delete("gatehouse-anna-eu-central-1-site"),
    ["site-pages"],
    /^there is no CloudFront function gatehouse-anna-eu-central-1-site that is live/,
    redeploy,
  ],
};

test.each(Object.entries(mutations))("%s", async (_what, [change, ids, problem, mend]) => {
  const rows = await wrong(situation(change));
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expect(rows[0]?.problem).toMatch(problem);
  expect(rows[0]?.mend).toMatch(mend);
});

test.each([
  "cloudfront:GetOriginAccessControl",
  "cloudfront:GetFunction",
  "s3:GetBucketPolicy",
  "s3:GetBucketPublicAccessBlock",
])("%s that is not allowed is named", async (action) => {
  const rows = await wrong(situation((state) => state.denied.add(action)));
  expect(rows.map(({ id }) => id)).toContain(`read-${action.replace(":", "-")}`);
  expect(rows).toHaveLength(2);
});
