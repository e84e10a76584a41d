import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { behaviorsOf } from "./behaviors.ts";
import { backendsOf, defineGate, type Gate } from "./gate.ts";
import { builtFolder } from "./site.ts";

type Rules = Parameters<typeof defineAccess>[0]["rules"];

const rules = { "/": "anyone", "/assets/*": "anyone", "/api/*": "signed-in" } as const;
const api = { api: ["/api/*"] };

function gateOf(
  own: Rules = rules,
  paths: Record<string, readonly string[]> = api,
  site: object = {},
): Gate {
  return defineGate({
    app: { name: "shelf", region: "eu-west-1" },
    access: defineAccess({ rules: own }),
    backends: Object.fromEntries(
      Object.entries(paths).map(([name, each]) => [
        name,
        { handler: "src/index.handler", paths: each },
      ]),
    ),
    site: { component: "StaticSite", path: "web", ...site },
  });
}

/** `/a/* api`, `/b/* public`. */
function waysOf(...given: Parameters<typeof gateOf>): readonly string[] {
  const gate = gateOf(...given);
  return behaviorsOf(gate, backendsOf(gate)).map(
    (each) => `${each.pattern} ${"backend" in each ? each.backend : each.site}`,
  );
}

test("only what a rule opens to anyone leads to a StaticSite; the guard has everything else", () => {
  expect(waysOf()).toEqual([
    "/api/* api",
    "/assets/* public",
    "/assets public",
    "/ public",
    "/* api",
  ]);
});

test("a rule of a backend opens nothing of the StaticSite, and what has no rule is the guard's to refuse", () => {
  const own: Rules = {
    ...rules,
    "/api/health": "anyone",
    "/shelf/*": "anyone",
    "/files/*": "signed-in",
  };
  const paths = { api: ["/api/*"], files: ["/files/*"] };
  expect(waysOf(own, paths)).toEqual([
    "/api/* api",
    "/files/* files",
    "/assets/* public",
    "/assets public",
    "/shelf/* public",
    "/shelf public",
    "/ public",
    "/* api",
  ]);
});

test("a public pattern that the guard's own paths are below comes after them", () => {
  expect(waysOf({ ...rules, "/.*": "anyone" })[0]).toBe("/.auth/* api");
});

test.each<[string, Rules, Record<string, readonly string[]>, string]>([
  [
    "guarded pages",
    { ...rules, "/members/*": "signed-in" },
    api,
    'gate.ts: site is a StaticSite, whose files are for anyone, and the access rule "/members/*" admits only some to paths that no backend has: give those paths to a backend, or leave component out, and the gate guards the files',
  ],
  [
    "a guarded rest",
    { "/assets/*": "anyone", "/*": "signed-in" },
    api,
    'the access rule "/*" admits only some',
  ],
  [
    "a guarded page for a group",
    { ...rules, "GET /report": { groups: ["admins"] } },
    api,
    'the access rule "GET /report" admits only some',
  ],
  [
    "a rule of which a backend has a part",
    rules,
    { api: ["/api/books/*"] },
    'the access rule "/api/*" admits only some',
  ],
  [
    "a guarded file in a public folder",
    { ...rules, "/assets/inner/*": "signed-in" },
    api,
    'shows /assets/* to anyone, from a cache that no rule looks at, and the access rule "/assets/inner/*" guards a part of it',
  ],
  [
    "a rule for HEAD alone",
    { ...rules, "HEAD /status": "anyone" },
    api,
    'CloudFront cannot lead there what the access rule "HEAD /status" opens',
  ],
  [
    "a method that files do not take",
    { ...rules, "POST /contact": "anyone" },
    api,
    'takes GET and HEAD only, and the access rule "POST /contact" is about a path of it',
  ],
  [
    "a backend that takes every path",
    rules,
    { api: ["/*"] },
    'gate.ts: backends.api takes every path, and the StaticSite would have none: write its paths, such as paths: ["/api/*"]',
  ],
  [
    "nothing for anyone",
    { "/api/*": "signed-in" },
    api,
    "gate.ts: site is a StaticSite, and no access rule opens a path of it",
  ],
])("refuses %s", (_what, own, paths, message) => {
  expect(() => gateOf(own, paths)).toThrow(message);
});

test.each<[string, object, string]>([
  ["another component", { component: "Astro" }, 'gate.ts: site.component must be "StaticSite"'],
  ["paths", { paths: ["/docs/*"] }, "gate.ts: site.paths is not known of a StaticSite"],
  ["a domain", { domain: "example.com" }, "gate.ts: site.domain is not known of a StaticSite"],
  ["the app's own folder", { path: "." }, "gate.ts: site.path must be the folder"],
  ["a folder outside", { path: "../web" }, "gate.ts: site.path must be the folder"],
  [
    "a build that goes nowhere",
    { build: { command: "x", output: "../dist" } },
    "gate.ts: site.build must be",
  ],
  ["a build of nothing", { build: { command: " ", output: "dist" } }, "gate.ts: site.build must"],
  ["an error page", { errorPage: "404.html" }, "gate.ts: site.errorPage is not known of"],
])("refuses a StaticSite with %s", (_what, site, message) => {
  expect(() => gateOf(rules, api, site)).toThrow(message);
});

test("the built files are where SST has them", () => {
  const build = { command: "npm run build", output: "dist" };
  const folderOf = (site: object): string => builtFolder(gateOf(rules, api, site).site!);
  expect([{}, { build }, { path: ".", build }].map(folderOf)).toEqual([
    "web",
    "web/dist",
    "./dist",
  ]);
});
