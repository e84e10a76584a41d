import type { GateBehavior } from "@sst-gatehouse/blueprint/behaviors";
import { type Access, defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { pathOfGroup, pathsAdmitting } from "./paths-admitting.ts";

const behaviors: readonly GateBehavior[] = [
  { pattern: "/.auth/*", backend: "api" },
  { pattern: "/api/*", backend: "api" },
  { pattern: "/assets/*", site: "public" },
  { pattern: "/*", site: "guarded" },
];

const probing = (rules: Readonly<Record<string, Access<"api/read">>>) => ({
  access: defineAccess({ scopes: ["api/read"], rules }),
  site: { behaviors },
});

const made = (paths: readonly string[]) =>
  paths.map((path) => path.replace(/gatehouse-doctor-[0-9a-f]{8}/, "~"));

test.each<[what: string, rules: Readonly<Record<string, Access<"api/read">>>, paths: string[]]>([
  ["a rule for all paths is tried at the backend's", { "/*": "signed-in" }, ["/api/~"]],
  [
    "one that a narrower rule keeps off the backend is not tried",
    { "/api/*": { groups: ["editors"] }, "/*": "signed-in" },
    [],
  ],
  ["one path of a backend is tried", { "/api/me": "signed-in" }, ["/api/me"]],
  ["one file of the site is not", { "/me.html": "signed-in" }, []],
])("with a site, %s", (_what, rules, paths) => {
  expect(made(pathsAdmitting(probing(rules), "signed-in"))).toEqual(paths);
});

test("without a site, every rule has its path", () => {
  const { access } = probing({ "/a/*": "signed-in", "/*": "signed-in" });
  expect(made(pathsAdmitting({ access, site: undefined }, "signed-in"))).toEqual(["/a/~", "/~"]);
});

test("a group's path is a backend's", () => {
  const found = pathOfGroup(probing({ "/assets/*": { groups: ["a"] }, "/*": { groups: ["b"] } }));
  expect([found?.group, ...made([found?.path ?? ""])]).toEqual(["b", "/api/~"]);
});
