import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { defineAccess } from "@sst-gatehouse/core/access";
import type { Evaluation } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph, Resource } from "@sst-gatehouse/deploy/graph";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { describe, expect, test } from "vitest";

import { stageOf } from "./support/sample.ts";
import {
  backends,
  evaluateSite as evaluate,
  rules,
  type SiteSample,
} from "./support/site-sample.ts";

const check = (
  { graph }: Pick<Evaluation, "graph">,
  own: NonNullable<SiteSample["rules"]> = rules,
  strict = true,
) =>
  checkGraph(graph, stageOf("anna"), defineAccess({ scopes: ["api/read"], rules: own }), {
    strict,
  });

function one(graph: Graph, name: string): Resource {
  const [found, ...others] = graph.resources.filter((each) => each.name === name);
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} resources are called ${name}`);
  return found;
}

test("a site is a bucket that only its distribution reads, on the same address as the backend", async () => {
  const evaluation = await evaluate();
  const { graph } = evaluation;
  expect([check(evaluation), check(evaluation, rules, false)]).toEqual([[], []]);
  const own = graph.resources.filter(({ name }) => name.startsWith("GateSite"));
  expect(own.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)).toEqual([
    "Function GateSitePages",
    "OriginAccessControl GateSiteAccess",
    "BucketObjectv2 GateSiteFile-assets/app-3f2a.js",
    "BucketObjectv2 GateSiteFile-favicon.ico",
    "BucketObjectv2 GateSiteFile-index.html",
    "BucketObjectv2 GateSiteFile-welcome.html",
    "BucketPolicy GateSitePolicy",
    "BucketPublicAccessBlock GateSiteClosed",
    "BucketV2 GateSite",
  ]);
  const { orderedCacheBehaviors, defaultCacheBehavior } = one(graph, "GateCdnDistribution").inputs;
  const ways = [...Object(orderedCacheBehaviors), defaultCacheBehavior].map((behavior) => [
    behavior.pathPattern,
    behavior.targetOriginId,
    behavior.lambdaFunctionAssociations?.length ?? 0,
  ]);
  expect(ways).toEqual([
    ["/.auth/*", "/api/*", 1],
    ["/api/*", "/api/*", 1],
    ["/welcome.html", "site", 0],
    ["/assets/*", "site", 0],
    ["/assets", "site", 0],
    [undefined, "site", 1],
  ]);
});

test("each file is kept as its path is guarded, and a page comes after what it asks for", async () => {
  const { graph } = await evaluate();
  const uploads = graph.resources.filter(({ name }) => name.startsWith("GateSiteFile-"));
  expect(
    uploads.map(({ inputs }) => [inputs["key"], inputs["cacheControl"], inputs["contentType"]]),
  ).toEqual([
    ["assets/app-3f2a.js", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8"],
    ["favicon.ico", "private, no-cache", "image/x-icon"],
    ["index.html", "private, no-cache", "text/html; charset=utf-8"],
    ["welcome.html", "no-cache", "text/html; charset=utf-8"],
  ]);
  expect(one(graph, "GateSiteFile-index.html").dependsOn).toEqual(
    expect.arrayContaining([
      "aws:s3/bucketObjectv2:BucketObjectv2::GateSiteFile-assets/app-3f2a.js",
    ]),
  );
});

test("the guard is told the bucket and the page of all pages", async () => {
  const evaluation = await evaluate();
  const { directory } = await evaluation.code("gatehouse-anna-Guard");
  const { settings } = JSON.parse(await readFile(join(directory, "settings.json"), "utf8"));
  expect(settings.site).toEqual({
    host: one(evaluation.graph, "GateSite").outputs["bucketRegionalDomainName"],
    fallback: "index.html",
  });
  expect(settings.site.host).toMatch(
    /^gatehouse-anna-site-[0-9a-f]{8}\.s3\.eu-central-1\.amazonaws\.com$/,
  );
});

test("a site beside a backend that takes the rest, all of it for anyone, has no guard", async () => {
  const open = { "/docs/*": "anyone", "/*": "signed-in" } as const;
  const evaluation = await evaluate({
    rules: open,
    site: { paths: ["/docs/*"], fallback: undefined },
    backends: { api: { ...backends.api, paths: ["/*"] } },
    built: { "web/built/docs/index.html": "", "web/built/other.html": "" },
  });
  expect(check(evaluation, open)).toEqual([]);
  const uploads = evaluation.graph.resources.filter(({ name }) => name.startsWith("GateSiteFile-"));
  expect(uploads.map(({ name }) => name)).toEqual(["GateSiteFile-docs/index.html"]);
});

test("a site that is guarded whole has no function of CloudFront, and one that was not built has a placeholder", async () => {
  const closed = { "/*": "signed-in" } as const;
  const evaluation = await evaluate({
    rules: closed,
    built: {},
    site: { path: "web/never", fallback: "app.html" },
  });
  expect(check(evaluation, closed)).toEqual([]);
  const names = evaluation.graph.resources.map(({ name }) => name);
  expect(names.filter((name) => /^GateSite(?:File|Pages)/.test(name))).toEqual([
    "GateSiteFile-app.html",
    "GateSiteFile-index.html",
  ]);
});

/** What is wrong with the site's resources, by what a line of the component would change. */
const mutations: [what: string, change: (graph: Graph) => void, rule: string][] = [
  [
    "guarded files without the guard",
    (graph) => delete guarded(graph).lambdaFunctionAssociations,
    "behaviour-public",
  ],
  [
    "guarded files in a cache",
    (graph) => (guarded(graph).cachePolicyId = open(graph).cachePolicyId),
    "behaviour-cache",
  ],
  [
    "guarded files by any method",
    (graph) => (guarded(graph).allowedMethods = backend(graph).allowedMethods),
    "behaviour-methods",
  ],
  [
    "guarded files behind a function of CloudFront, which asks for others",
    (graph) => (guarded(graph).functionAssociations = open(graph).functionAssociations),
    "behaviour-function",
  ],
  [
    "public files by any method",
    (graph) => (open(graph).allowedMethods = backend(graph).allowedMethods),
    "behaviour-methods",
  ],
  [
    "public files with the viewer's headers and query",
    (graph) => (open(graph).originRequestPolicyId = backend(graph).originRequestPolicyId),
    "behaviour-public-cache",
  ],
  [
    "public files in no cache",
    (graph) => (open(graph).cachePolicyId = backend(graph).cachePolicyId),
    "behaviour-public-cache",
  ],
  [
    "public files without the function that refuses second readings",
    (graph) => delete open(graph).functionAssociations,
    "behaviour-public-function",
  ],
  [
    "public files over http",
    (graph) => (open(graph).viewerProtocolPolicy = "allow-all"),
    "behaviour-redirect",
  ],
  [
    "public files without security headers",
    (graph) => delete open(graph).responseHeadersPolicyId,
    "behaviour-headers",
  ],
  [
    "a public pattern that is wider than its rule",
    (graph) => (open(graph).pathPattern = "/a*"),
    "behaviour-public",
  ],
  [
    "a public pattern that has no rule",
    (graph) => (open(graph).pathPattern = "/other"),
    "behaviour-public",
  ],
  [
    "a session that cannot be renewed",
    (graph) => (ordered(graph)[0].pathPattern = "/.aut/*"),
    "behaviour-sign-in",
  ],
  [
    "a backend past the guard, by a public behaviour",
    (graph) => (open(graph).targetOriginId = "/api/*"),
    "behaviour-guard",
  ],
  [
    "a bucket that CloudFront does not sign for",
    (graph) => delete bucketOrigin(graph).originAccessControlId,
    "origin-access-control",
  ],
  [
    "an access control that leaves the viewer's signature",
    (graph) => (inputs(graph, "GateSiteAccess").signingBehavior = "no-override"),
    "origin-access-control",
  ],
  [
    "a folder of the bucket that no rule knows",
    (graph) => (bucketOrigin(graph).originPath = "/x"),
    "origin-setting",
  ],
  [
    "another bucket",
    (graph) => (bucketOrigin(graph).domainName = "evil.s3.eu-central-1.amazonaws.com"),
    "origin-host",
  ],
  [
    "a bucket that is not closed",
    (graph) => (inputs(graph, "GateSiteClosed").blockPublicPolicy = false),
    "site-closed",
  ],
  ["a bucket that nothing closes", (graph) => remove(graph, "GateSiteClosed"), "site-closed"],
  [
    "a bucket for everybody",
    (graph) => rewrite(graph, '{"Service":"cloudfront.amazonaws.com"}', '"*"'),
    "site-policy",
  ],
  [
    "a bucket for every distribution of the world",
    (graph) => rewrite(graph, /,"Condition":.*?}}/, ""),
    "site-policy",
  ],
  [
    "a bucket for every distribution of the account",
    (graph) => rewrite(graph, /distribution\/\w+/, "distribution/*"),
    "site-policy",
  ],
  [
    "a bucket that CloudFront may list",
    (graph) => rewrite(graph, "s3:GetObject", "s3:*"),
    "site-policy",
  ],
  ["a bucket without a policy", (graph) => remove(graph, "GateSitePolicy"), "site-policy"],
  [
    "a second policy for the bucket",
    (graph) => add(graph, "GateSitePolicy", { name: "More" }),
    "site-policy",
  ],
  [
    "a website of the bucket's own",
    (graph) =>
      add(graph, "GateSiteClosed", {
        name: "Web",
        type: "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
      }),
    "site-part",
  ],
  [
    "guarded files that others may keep",
    (graph) => (inputs(graph, "GateSiteFile-index.html").cacheControl = "public, max-age=60"),
    "site-file-cache",
  ],
  [
    "a guarded page behind public paths",
    (graph) => {
      const pages = inputs(graph, "GateSitePages");
      pages.code = String(pages.code).replace(/request\.uri = .*;/, 'request.uri = "/index.html";');
    },
    "site-pages",
  ],
  [
    "a page of all pages that is not there",
    (graph) => remove(graph, "GateSiteFile-index.html"),
    "site-fallback",
  ],
];

// oxlint-disable-next-line typescript/no-explicit-any -- a graph is JSON
type Json = any;

const inputs = (graph: Graph, name: string): Json => one(graph, name).inputs;
const distribution = (graph: Graph): Json => inputs(graph, "GateCdnDistribution");
const guarded = (graph: Graph): Json => distribution(graph).defaultCacheBehavior;
const ordered = (graph: Graph): Json => distribution(graph).orderedCacheBehaviors;
const behavior = (graph: Graph, path: string): Json =>
  ordered(graph).find(({ pathPattern }: Json) => pathPattern === path);
const open = (graph: Graph): Json => behavior(graph, "/assets/*");
const backend = (graph: Graph): Json => behavior(graph, "/api/*");
const bucketOrigin = (graph: Graph): Json =>
  distribution(graph).origins.find(({ originId }: Json) => originId === "site");

const resourcesIn = ({ resources }: Json): Resource[] => resources;

function remove(graph: Graph, name: string): void {
  resourcesIn(graph).splice(graph.resources.indexOf(one(graph, name)), 1);
}

function add(graph: Graph, like: string, change: Partial<Resource>): void {
  resourcesIn(graph).push({ ...one(graph, like), ...change });
}

function rewrite(graph: Graph, from: string | RegExp, to: string): void {
  const policy = inputs(graph, "GateSitePolicy");
  const changed = String(policy.policy).replace(from, to);
  expect(changed).not.toBe(policy.policy);
  policy.policy = changed;
}

describe("a plan", () => {
  test.each(mutations)("refuses %s", async (_what, change, rule) => {
    const { graph } = await evaluate();
    const changed = structuredClone(graph);
    change(changed);
    for (const strict of [true, false]) {
      const violations = check({ graph: changed }, rules, strict);
      expect(violations.map((violation) => violation.rule)).toContain(rule);
      expect(violations.filter(({ message }) => !/: \S/.test(message))).toEqual([]);
    }
  });

  test("refuses a guard that knows another bucket", async () => {
    const evaluation = await evaluate({
      changes: [
        {
          file: "packages/sst-gatehouse/src/component/guard.ts",
          from: "site: { host: bucketHost,",
          to: "site: { host: `evil-${bucketHost}`,",
        },
      ],
    });
    expect(check(evaluation).map(({ rule }) => rule)).toEqual(["guard-settings"]);
  });

  test("compares what is public with the rules of access.ts, and names the one that is not followed", async () => {
    const other = {
      "/assets/*": "signed-in",
      "/welcome.html": "anyone",
      "/*": "signed-in",
    } as const;
    const messages = check(await evaluate(), other)
      .filter(({ rule }) => rule === "behaviour-public")
      .map(({ message }) => message);
    expect(messages).toEqual(
      ["/assets/*", "/assets"].map(
        (path) =>
          `the behaviour for ${path} shows files to anyone, from a cache, and the access rule "/assets/*" guards them: give it the guard, or write a rule that says "anyone"`,
      ),
    );
  });
});

test("a deploy refuses what defineGate refuses", async () => {
  const site = { paths: ["/api/*"], fallback: undefined };
  await expect(evaluate({ site })).rejects.toThrow(
    "gate.ts: site.paths has /api/*, which leads to backends.api, too",
  );
});
