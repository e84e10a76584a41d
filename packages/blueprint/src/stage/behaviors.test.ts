import { defineAccess } from "@sst-gatehouse/core/access";
import {
  registrationPath,
  resourceMetadataPath,
  serverMetadataPath,
} from "@sst-gatehouse/core/resource";
import { expect, test } from "vitest";

import {
  behaviorsOf,
  type GateBehavior,
  publicFallback,
  resourcePaths,
  servedFile,
} from "./behaviors.ts";
import { backendsOf, defineGate, type Gate } from "./gate.ts";
import type { Site } from "./site.ts";

type Rules = Parameters<typeof defineAccess>[0]["rules"];

function gateOf(site: Partial<Site>, rules: Rules, paths: Record<string, readonly string[]>): Gate {
  const backends = Object.entries(paths).map(
    ([name, own]) => [name, { handler: "src/index.handler", paths: own }] as const,
  );
  return {
    app: { name: "shelf", region: "eu-west-1" },
    access: defineAccess({ rules }),
    backends: Object.fromEntries(backends),
    site: { path: "dist", ...site },
  };
}

/** `/a/* api`, `/b/* public`. */
function waysOf(...gate: Parameters<typeof gateOf>): readonly string[] {
  return linesOf(behaviors(...gate));
}

function behaviors(...given: Parameters<typeof gateOf>): readonly GateBehavior[] {
  const gate = defineGate(gateOf(...given));
  return behaviorsOf(gate, backendsOf(gate));
}

const linesOf = (all: readonly GateBehavior[]): readonly string[] =>
  all.map((each) => `${each.pattern} ${"backend" in each ? each.backend : each.site}`);

const api = { api: ["/api/*"] };

test("without a site the backends are where their paths say, and one takes the rest", () => {
  const gate: Gate = {
    ...gateOf({}, { "/*": "signed-in" }, { main: ["/*", "/x"], files: ["/files/*"] }),
    site: undefined!,
  };
  expect(linesOf(behaviorsOf(gate, backendsOf(gate)))).toEqual([
    "/x main",
    "/files/* files",
    "/* main",
  ]);
});

test("a site takes what no backend takes; what a rule opens of it is public, and the guard keeps its own paths", () => {
  const rules = { "/assets/*": "anyone", "/*": "signed-in", "/api/health": "anyone" } as const;
  expect(waysOf({ fallback: "index.html" }, rules, api)).toEqual([
    "/.auth/* api",
    "/api/* api",
    "/assets/* public",
    "/assets public",
    "/* guarded",
  ]);
});

test("a site has paths of its own beside a backend that takes the rest", () => {
  const rules = { "/docs/*": "anyone", "/docs/api/*": "signed-in", "/*": "signed-in" } as const;
  const paths = { api: ["/*"], docs: ["/docs/api", "/docs/api/*"] };
  expect(waysOf({ paths: ["/docs/*"] }, rules, paths)).toEqual([
    "/docs/api docs",
    "/docs/api/* docs",
    "/docs/* public",
    "/docs public",
    "/* api",
  ]);
});

test("a path of the site inside of a backend's path comes before it", () => {
  const rules = { "/*": "signed-in" } as const;
  const paths = { api: ["/api/*"], main: ["/*"] };
  expect(waysOf({ paths: ["/api/docs/*"] }, rules, paths)).toEqual([
    "/api/docs/* guarded",
    "/api/docs guarded",
    "/api/* api",
    "/* main",
  ]);
});

test("a page and its file are public together, and narrower public rules need no behaviour of their own", () => {
  const rules = {
    "/": "anyone",
    "/index.html": "anyone",
    "/help*": "anyone",
    "/help/a": "anyone",
    "GET /only-get.txt": "anyone",
    "/app/*": "signed-in",
  } as const;
  expect(waysOf({ fallback: "index.html" }, rules, api)).toEqual([
    "/.auth/* api",
    "/api/* api",
    "/only-get.txt public",
    "/index.html public",
    "/help* public",
    "/ public",
    "/* guarded",
  ]);
});

test.each<[string, ...Parameters<typeof gateOf>, string]>([
  [
    "a site and a backend on all paths",
    {},
    { "/*": "signed-in" },
    { api: ["/*"] },
    "gate.ts: site.paths has /*, which leads to backends.api, too",
  ],
  [
    "a site and a backend on one path",
    { paths: ["/api/*"] },
    { "/*": "signed-in" },
    { api: ["/api/*", "/*"] },
    "gate.ts: site.paths has /api/*, which leads to backends.api, too",
  ],
  [
    "paths that cross",
    { paths: ["/docs/*"] },
    { "/*": "signed-in" },
    { api: ["/*.json", "/*"] },
    "gate.ts: site.paths has /docs/*, and some of its paths are /*.json, too",
  ],
  [
    "nobody for the other paths",
    { paths: ["/docs/*"] },
    { "/*": "signed-in" },
    api,
    'gate.ts: backends have no backend for the other paths, such as those of the access rule "/*"; leave paths out for one of them, or for the site',
  ],
  [
    "guarded files in a public folder",
    {},
    { "/assets/*": "anyone", "/assets/inner/*": "signed-in", "/*": "signed-in" },
    api,
    'gate.ts: site shows /assets/* to anyone, from a cache that no rule looks at, and the access rule "/assets/inner/*" guards a part of it',
  ],
  [
    "a guarded file in a public folder, which only the backend of all other paths would take",
    { paths: ["/docs/*"] },
    { "/docs/*": "anyone", "/docs/plan": "signed-in", "/*": "signed-in" },
    { api: ["/*"] },
    'gate.ts: site shows /docs/* to anyone, from a cache that no rule looks at, and the access rule "/docs/plan" guards',
  ],
  [
    "a guarded HEAD in a public folder",
    {},
    { "/assets/*": "anyone", "HEAD /assets/a": "signed-in", "/*": "signed-in" },
    api,
    'the access rule "HEAD /assets/a" guards a part of it',
  ],
  [
    "a rule that no path of the site can follow",
    {},
    { "/*": "signed-in", "POST /contact": "anyone" },
    api,
    'gate.ts: site takes GET and HEAD only, and the access rule "POST /contact" is about a path of it',
  ],
  [
    "a path without a rule",
    { paths: ["/docs/*"] },
    { "/api/*": "signed-in" },
    { api: ["/*"] },
    "gate.ts: site.paths has /docs/*, which no access rule covers",
  ],
  [
    "a public page with a guarded file",
    { fallback: "index.html" },
    { "/": "anyone", "/app/*": "signed-in" },
    api,
    'gate.ts: site answers /, which is for anyone, with the file /index.html, which is not: write a rule "/index.html": "anyone"',
  ],
  [
    "a public page with a guarded file in its folder",
    {},
    { "/about": "anyone", "/*": "signed-in" },
    api,
    'gate.ts: site answers /about, which is for anyone, with the file /about/index.html, which is not: write a rule "/about/index.html": "anyone"',
  ],
  [
    "a fallback where the site has no path",
    { paths: ["/app/*"], fallback: "index.html" },
    { "/*": "signed-in" },
    { api: ["/*"] },
    "gate.ts: site.fallback is index.html, and no path of the site takes /index.html",
  ],
])("refuses %s", (_what, site, rules, paths, message) => {
  expect(() => behaviors(site, rules, paths)).toThrow(message);
});

test.each<[string, object, string]>([
  ["a member nobody knows", { build: "vite build" }, "gate.ts: site.build is not known"],
  ["no folder", { path: undefined }, "gate.ts: site.path must be the folder"],
  ["a folder of the machine", { path: "/srv/www" }, "gate.ts: site.path must be"],
  ["a folder outside of the app", { path: "web/../../x" }, "gate.ts: site.path must be"],
  ["the app itself", { path: "." }, "gate.ts: site.path must be"],
  ["a folder with a last slash", { path: "dist/" }, "gate.ts: site.path must be"],
  ["no path", { paths: [] }, "gate.ts: site.paths must be a list with at least one path"],
  ["a path with * inside", { paths: ["/a*b"] }, 'gate.ts: site.paths has "/a*b"'],
  ["the guard's own path", { paths: ["/.auth/*"] }, 'gate.ts: site.paths has "/.auth/*"'],
  ["an escaped path", { immutable: ["/%61/*"] }, 'gate.ts: site.immutable has "/%61/*"'],
  [
    "a fallback that is a path",
    { fallback: "/index.html" },
    "gate.ts: site.fallback must be a page",
  ],
  ["a fallback elsewhere", { fallback: "../index.html" }, "gate.ts: site.fallback must be a page"],
])("refuses a site with %s", (_what, site, message) => {
  expect(() => behaviors(site, { "/*": "signed-in" }, api)).toThrow(message);
});

test.each([
  ["https://example.com", "gate.ts: local.site must be the address of a development server"],
  ["http://localhost:5173/", "gate.ts: local.site must be"],
  ["http://evil.example:80", "gate.ts: local.site must be"],
])("refuses the development server %s", (site, message) => {
  const gate = gateOf({}, { "/*": "signed-in" }, api);
  expect(() => defineGate({ ...gate, local: { site } })).toThrow(message);
});

test("a file is served as its own path is", () => {
  const rules = { "/assets/*": "anyone", "/*": "signed-in" } as const;
  const all = behaviors({}, rules, api);
  const served = (path: string) => servedFile(all, {}, path);
  const immutable = "public, max-age=31536000, immutable";
  expect(served("/assets/a-3f.js")).toEqual({ isPublic: true, cacheControl: immutable });
  expect(served("/index.html")).toEqual({ isPublic: false, cacheControl: "private, no-cache" });
  expect(served("/api/x.json")).toBeUndefined();
  expect(served("/.auth/x.json")).toBeUndefined();
  expect(servedFile(all, { immutable: ["/a/*"] }, "/assets/a.js")).toEqual({
    isPublic: true,
    cacheControl: "no-cache",
  });
});

test("a guarded page is no fallback for public paths", () => {
  const fallback = "index.html";
  const open = { "/assets/*": "anyone", "/*": "signed-in" } as const;
  const guarded = behaviors({ fallback }, open, api);
  const shown = behaviors({ fallback }, { ...open, "/index.html": "anyone" }, api);
  expect([publicFallback(guarded, { fallback }), publicFallback(shown, { fallback })]).toEqual([
    undefined,
    fallback,
  ]);
});

test("what the guard answers for OAuth clients is not the site's", () => {
  expect(resourcePaths).toEqual([resourceMetadataPath, serverMetadataPath, registrationPath]);
  const gate = gateOf({}, { "/*": "signed-in" }, api);
  const access = { ...gate.access, resource: { path: "/mcp", scopes: [] } };
  const ways = linesOf(behaviorsOf({ ...gate, access }, backendsOf(gate)));
  expect(ways.slice(0, 7)).toEqual([
    "/.auth/* api",
    ...resourcePaths.flatMap((path) => [`${path} api`, `${path}/* api`]),
  ]);
});
