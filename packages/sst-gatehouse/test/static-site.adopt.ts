import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

import type { StageSettings } from "@sst-gatehouse/blueprint/stages";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { defineAccess } from "@sst-gatehouse/core/access";
import type { Graph, Resource } from "@sst-gatehouse/deploy/graph";
import { checkGraph, othersThanGuarded } from "@sst-gatehouse/deploy/rules";
import { staticSiteFunction, staticSiteUpload } from "@sst-gatehouse/local/static-site";
import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { describe, expect, test } from "vitest";

import { one } from "./support/evaluate-run.ts";
import {
  backends,
  built,
  evaluateStaticSite as evaluate,
  rules,
  run,
  type StaticSiteSample,
} from "./support/static-site-sample.ts";

const check = (
  graph: Graph,
  own: NonNullable<StaticSiteSample["rules"]> = rules,
  settings: StageSettings = {},
) =>
  checkGraph(
    graph,
    resolveStage({ default: settings }, "anna"),
    defineAccess({ scopes: ["api/read"], rules: own }),
    { strict: false },
  );

/** `run()` with a StaticSite of these further arguments, `args` being what the gate hands over. */
const making = (args: string, gate = "") =>
  `return new Gatehouse("Gate", { ...gate, ${gate} staticSite: (args) => new sst.aws.StaticSite("Web", ${args}) }).outputs;`;

/** Pattern, origin, and how many functions of Lambda@Edge. */
const waysOf = (graph: Graph) => {
  const { orderedCacheBehaviors, defaultCacheBehavior } = one(graph, "WebCdnDistribution").inputs;
  return [...Object(orderedCacheBehaviors), defaultCacheBehavior].map((behavior) => [
    behavior.pathPattern,
    behavior.targetOriginId,
    behavior.lambdaFunctionAssociations?.length ?? 0,
  ]);
};

test("an app's StaticSite has the gate on its distribution: the guard on all but what a rule opens to anyone", async () => {
  const { graph } = await evaluate();
  expect(check(graph)).toEqual([]);
  expect(waysOf(graph)).toEqual([
    ["/api/*", "/api/*", 1],
    ["/assets/*", "default", 0],
    ["/assets", "default", 0],
    ["/", "default", 0],
    [undefined, "/api/*", 1],
  ]);
  // No distribution of the gate's own, and what the app has besides is the app's.
  expect(graph.resources.filter(({ type }) => /Router|distribution:/.test(type))).toHaveLength(1);
  expect(graph.outputs["appUrl"]).toBe(
    `https://${String(one(graph, "WebCdnDistribution").outputs["domainName"])}`,
  );
  expect(
    othersThanGuarded(graph)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([
    "WebAssetsBucket",
    "WebAssetsCors",
    "WebAssetsPolicy",
    "WebAssetsPublicAccessBlock",
    "WebCloudfrontFunctionRequest",
    "WebKvStore",
  ]);
});

test("the StaticSite stays the one that the app had: nothing of it is made anew", async () => {
  const before = await evaluate({
    run: `return { url: new sst.aws.StaticSite("Web", ${JSON.stringify({ path: "web", build: { command: "npm run build", output: "built" } })}).url };`,
  });
  const after = await evaluate();
  const ofSite = ({ graph }: { readonly graph: Graph }) =>
    graph.resources.filter(({ name }) => name.startsWith("Web"));
  const urns = (all: readonly Resource[]) => all.map(({ urn }) => urn);
  expect(urns(ofSite(after))).toEqual(urns(ofSite(before)));
  const shown = ({ graph }: { readonly graph: Graph }) => one(graph, "WebCdnDistribution").inputs;
  const asSstWroteIt = Object(shown(before)["defaultCacheBehavior"]);
  for (const behavior of Object(shown(after)["orderedCacheBehaviors"]).slice(1)) {
    const { pathPattern: _, ...written } = behavior;
    expect(written).toEqual(asSstWroteIt);
  }
});

test("the guard knows no bucket, and asks Parameter Store on the first deploy without a domain", async () => {
  const evaluation = await evaluate();
  const { directory } = await evaluation.code("gatehouse-anna-Guard");
  const { settings } = JSON.parse(await readFile(join(directory, "settings.json"), "utf8"));
  expect(settings).not.toHaveProperty("site");
  expect(settings).not.toHaveProperty("clients");
  expect(settings.appOrigins).toBeUndefined();
});

test.each<[string, string, StageSettings]>([
  ["the stage's", run, { domain: "app.example.com" }],
  [
    "the component's",
    making(
      '{ ...args, environment: { VITE_A: "b" }, transform: { cdn: (cdn) => { args.transform.cdn(cdn); cdn.wait = false; } } }',
      'domain: "app.example.com",',
    ),
    { waf: { requestsPerFiveMinutes: 1000 } },
  ],
])(
  "%s domain is the StaticSite's, as its firewall is, and where people sign in",
  async (_what, program, settings) => {
    const evaluation = await evaluate({ run: program, anna: settings });
    const { graph } = evaluation;
    expect(check(graph, rules, settings)).toEqual([]);
    expect(graph.outputs["appUrl"]).toBe("https://app.example.com");
    expect(one(graph, "WebCdnDistribution").inputs["aliases"]).toEqual(["app.example.com"]);
    expect(one(graph, "GateWebClient").inputs["callbackUrls"]).toEqual([
      "https://app.example.com/.auth/callback",
    ]);
    const { directory } = await evaluation.code("gatehouse-anna-Guard");
    const { settings: baked } = JSON.parse(
      await readFile(join(directory, "settings.json"), "utf8"),
    );
    expect(baked.appOrigins).toEqual(["https://app.example.com"]);
    expect(baked.clients).toBeDefined();
  },
);

test("under sst dev, where SST deploys no StaticSite, the gate has a distribution for its backends", async () => {
  const { graph } = await evaluate({ dev: true });
  const ofCdn = /^(?:behaviour|origin|distribution)-/;
  expect(check(graph).filter(({ rule }) => ofCdn.test(rule))).toEqual([]);
  const { orderedCacheBehaviors } = one(graph, "GateCdnDistribution").inputs;
  expect(Object(orderedCacheBehaviors).map(Object).length).toBe(1);
  const kept = await evaluate({ dev: true, run: making("{ ...args, dev: false }") });
  expect(waysOf(kept.graph)).toHaveLength(5);
});

test("a site that was not built, by SST or before, is evaluated with a placeholder", async () => {
  const { graph } = await evaluate({ built: { "web/package.json": "{}" } });
  expect(check(graph)).toEqual([]);
  const whole = await evaluate({ site: { path: "web/never", build: undefined }, built: {} });
  expect(check(whole.graph)).toEqual([]);
});

test.each<[string, string, StaticSiteSample, string]>([
  [
    "made without what the gate hands over",
    making('{ path: "web/built" }'),
    {},
    "staticSite: the StaticSite was not made of what the gate hands over, so its distribution has no guard",
  ],
  [
    "that is not given back",
    'return new Gatehouse("Gate", { ...gate, staticSite: (args) => { new sst.aws.StaticSite("Web", args); } }).outputs;',
    {},
    "staticSite: the StaticSite was not made of what the gate hands over",
  ],
  [
    "whose own transform takes the place of the gate's",
    making("{ ...args, transform: { cdn: (cdn) => { cdn.wait = false; } } }"),
    {},
    "with args.transform.cdn where it has a transform of its own",
  ],
  [
    "with error pages for the whole distribution, as SST 4 makes them of an errorPage",
    making(
      "{ ...args, transform: { cdn: (cdn) => { cdn.customErrorResponses = [{ errorCode: 404 }]; args.transform.cdn(cdn); } } }",
    ),
    {},
    "staticSite: the StaticSite has an errorPage, which would take the place of the guard's",
  ],
  [
    "with a domain of its own",
    making('{ ...args, domain: "other.example.com" }'),
    {},
    "staticSite: the StaticSite has a domain of its own, and people sign in at the gate's",
  ],
  [
    "on a Router",
    making('{ ...args, router: { instance: new sst.aws.Router("R") } }'),
    {},
    "without router or route",
  ],
  [
    "that gate.ts does not know",
    run,
    {
      site: { component: undefined, path: "web/built", build: undefined },
      rules: { "/*": "signed-in" },
    },
    "a StaticSite is said in two places",
  ],
  [
    "that gate.ts alone knows",
    'return new Gatehouse("Gate", gate).outputs;',
    {},
    "a StaticSite is said in two places",
  ],
  [
    "with guarded pages",
    run,
    { rules: { ...rules, "/members/*": "signed-in" } },
    'the access rule "/members/*" admits only some to paths that no backend has',
  ],
])("a deploy refuses a StaticSite %s", async (_what, program, sample, message) => {
  await expect(evaluate({ ...sample, run: program })).rejects.toThrow(message);
});

test("the laptop's StaticSite answers each path with the file that SST's own function takes", async () => {
  const files = {
    "index.html": "",
    "about.html": "",
    "dated/index.html": "",
    "robots.txt": "",
    "a b.txt": "",
    "assets/app.js": "",
    "assets/inner/index.html": "",
    ".well-known/security.txt": "",
    ".well-known/more/x": "",
  };
  const under = (folder: string) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
  const { graph } = await evaluate({ built: under("web/built") });
  const { code } = one(graph, "WebCloudfrontFunctionRequest").inputs;
  const { entries, namespace } = one(graph, "WebKvKeys.sst.aws.KvKeys").inputs;
  const kept = new Map(
    Object.entries(Object(entries)).map(([key, value]) => [`${String(namespace)}:${key}`, value]),
  );
  const cf = {
    updateRequestOrigin() {},
    kvs: () => ({
      async get(key: string) {
        if (!kept.has(key)) throw new Error("there is no such key");
        return kept.get(key);
      },
    }),
  };
  const handler: (event: object) => Promise<{ readonly uri: string }> = runInNewContext(
    `${String(code).replace('import cf from "cloudfront";', "")}\nhandler`,
    { cf },
  );
  const root = await temporaryTree(under("built"));
  const local = staticSiteFunction(join(root, "built"));
  const paths =
    "/ /index.html /index /about /about/ /about.html /dated /dated/ /robots.txt /robots /a%20b.txt /%61bout /%zz /none /none/ /assets /assets/ /assets/app.js /assets/none /assets/inner /assetsX /assets/..%2frobots.txt /.well-known/security.txt /.well-known/none /a.b/c /.well-known/more /.well-known/more/x /%2e%2e/x /robots.txt/ /INDEX.html".split(
      " ",
    );
  const theirs = await Promise.all(
    paths.map(async (uri) => (await handler({ request: { uri, headers: {}, cookies: {} } })).uri),
  );
  expect(paths.map((path) => local(path))).toEqual(theirs.map((uri) => ({ uri })));
  const uploads: readonly { key: string; cacheControl: string; contentType: string }[] = Object(
    one(graph, "WebAssetFiles.sst.aws.BucketFiles").inputs["files"],
  );
  expect(uploads).toHaveLength(9);
  for (const { key, cacheControl } of uploads)
    expect([key, staticSiteUpload(key).cacheControl]).toEqual([key, cacheControl]);
});

// oxlint-disable-next-line typescript/no-explicit-any -- a graph is JSON
type Json = any;

const inputs = (graph: Graph, name: string): Json => one(graph, name).inputs;
const distribution = (graph: Graph): Json => inputs(graph, "WebCdnDistribution");
const ordered = (graph: Graph): Json[] => distribution(graph).orderedCacheBehaviors;
const api = (graph: Graph): Json => ordered(graph)[0];
const shown = (graph: Graph): Json => ordered(graph)[1];
const rest = (graph: Graph): Json => distribution(graph).defaultCacheBehavior;
const show = (graph: Graph, pathPattern: string, change: Json = {}) =>
  ordered(graph).unshift({ ...shown(graph), pathPattern, ...change });

/** What the app's own transform could do to the distribution, each with the rule that sees it. */
const mutations: [what: string, change: (graph: Graph) => void, rule: string][] = [
  [
    "a backend's path without the guard",
    (graph) => delete api(graph).lambdaFunctionAssociations,
    "behaviour-guard",
  ],
  [
    "all other paths without the guard",
    (graph) => delete rest(graph).lambdaFunctionAssociations,
    "behaviour-guard",
  ],
  [
    "a behaviour of the app's own to the Function URL, past the guard",
    (graph) => show(graph, "/past/*", { targetOriginId: "/api/*" }),
    "behaviour-guard",
  ],
  [
    "a second origin for the Function URL, past the guard",
    (graph) => {
      const { origins } = distribution(graph);
      origins.push({ ...origins[1], originId: "again" });
      show(graph, "/again/*", { targetOriginId: "again" });
    },
    "behaviour-guard",
  ],
  [
    "another version of the guard",
    (graph) => (api(graph).lambdaFunctionAssociations[0].lambdaArn += "0"),
    "behaviour-guard",
  ],
  [
    "a guarded path in a cache",
    (graph) => (api(graph).cachePolicyId = shown(graph).cachePolicyId),
    "behaviour-cache",
  ],
  [
    "a guarded path behind a function of CloudFront",
    (graph) => (rest(graph).functionAssociations = shown(graph).functionAssociations),
    "behaviour-function",
  ],
  [
    "a guarded path that leads to SST's placeholder",
    (graph) => (rest(graph).targetOriginId = "default"),
    "origin-host",
  ],
  [
    "all other paths as SST wrote them",
    (graph) => {
      const { pathPattern: _, ...written } = shown(graph);
      distribution(graph).defaultCacheBehavior = written;
    },
    "behaviour-public",
  ],
  [
    "a public pattern that is wider than its rule",
    (graph) => (shown(graph).pathPattern = "/a*"),
    "behaviour-public",
  ],
  [
    "the app's own behaviour before a backend's",
    (graph) => show(graph, "/api/books/*"),
    "behaviour-public",
  ],
  ["the app's own behaviour without a rule", (graph) => show(graph, "/blog/*"), "behaviour-public"],
  ["sign-in by files", (graph) => show(graph, "/.auth/*"), "behaviour-sign-in"],
  [
    "cookies for the origin of public files",
    (graph) => (shown(graph).originRequestPolicyId = api(graph).originRequestPolicyId),
    "behaviour-app-forwards",
  ],
  [
    "a cache that tells people apart",
    (graph) => (shown(graph).cachePolicyId = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"),
    "behaviour-app-forwards",
  ],
  [
    "cookies for it in the older way",
    (graph) => (shown(graph).forwardedValues = { cookies: { forward: "all" }, queryString: true }),
    "behaviour-app-forwards",
  ],
  [
    "public files over http",
    (graph) => (shown(graph).viewerProtocolPolicy = "allow-all"),
    "behaviour-redirect",
  ],
  [
    "a function of Lambda@Edge of the app's own",
    (graph) =>
      (shown(graph).lambdaFunctionAssociations = [
        {
          eventType: "origin-request",
          lambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:x:1",
        },
      ]),
    "behaviour-guard",
  ],
  [
    "an origin of the guard's that is somebody's",
    (graph) => (distribution(graph).origins[1].domainName = "evil.example.com"),
    "origin-host",
  ],
  [
    "an origin access control for the Function URL",
    (graph) => (distribution(graph).origins[1].originAccessControlId = "E1"),
    "origin-access-control",
  ],
  [
    "error pages in place of the guard's answers",
    (graph) => (distribution(graph).customErrorResponses = [{ errorCode: 403 }]),
    "distribution-errors",
  ],
  [
    "access logs",
    (graph) => (distribution(graph).loggingConfig = { bucket: "logs.s3.amazonaws.com" }),
    "distribution-logging",
  ],
  [
    "another name",
    (graph) => (distribution(graph).aliases = ["www.example.com"]),
    "distribution-aliases",
  ],
  ["a firewall of nobody's", (graph) => (distribution(graph).webAclId = "arn:x"), "waf-attached"],
  [
    "a file that a rule guards",
    (graph) =>
      inputs(graph, "WebAssetFiles.sst.aws.BucketFiles").files.push({ key: "api/hidden.json" }),
    "site-file-guarded",
  ],
];

describe("a plan", () => {
  test.each(mutations)("refuses %s", async (_what, change, rule) => {
    const { graph } = await evaluate();
    const changed = structuredClone(graph);
    change(changed);
    const violations = check(changed);
    expect(violations.map((violation) => violation.rule)).toContain(rule);
    expect(violations.filter(({ message }) => !/: \S/.test(message))).toEqual([]);
  });

  test("lets the app show further paths that a rule opens to anyone, from where it likes", async () => {
    const more = { ...rules, "/blog/*": "anyone" } as const;
    const { graph } = await evaluate({
      rules: more,
      run: making(`{ ...args, transform: { cdn: (cdn) => {
        cdn.origins = [...cdn.origins, { originId: "blog", domainName: "blog.example.com", customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] } }];
        cdn.orderedCacheBehaviors = [{ ...cdn.defaultCacheBehavior, targetOriginId: "blog", pathPattern: "/blog/*" }];
        args.transform.cdn(cdn);
      } } }`),
    });
    expect(waysOf(graph).slice(0, 3)).toEqual([
      ["/api/*", "/api/*", 1],
      ["/blog/*", "blog", 0],
      ["/assets/*", "default", 0],
    ]);
    expect(check(graph, more)).toEqual([]);
  });

  test("counts a file by its path, also where the bucket has the files in a folder", async () => {
    const { graph } = await evaluate({
      run: making('{ ...args, assets: { path: "in/side" } }'),
      built: { ...built, "web/built/api/x.json": "{}" },
      backends,
    });
    expect(check(graph).map(({ rule, message }) => [rule, message.split(",")[0]])).toEqual([
      ["site-file-guarded", "has /api/x.json"],
    ]);
  });
});
