import { expect, test } from "vitest";

import { groupsOf, resourceServerScopes } from "./access-resources.ts";

test("the pool gets each group that a rule asks for, once", () => {
  const rules = [
    { access: "signed-in" },
    { access: { groups: ["staff", "admin"] } },
    { access: { groups: ["admin"] } },
    { access: { scopes: ["api/read"] } },
  ];
  expect(groupsOf({ scopes: [], rules })).toEqual(["admin", "staff"]);
});

test("the resource server gets the scopes without its name", () => {
  expect(resourceServerScopes({ scopes: ["api/read", "api/write"], rules: [] })).toEqual([
    "read",
    "write",
  ]);
});

test.each([
  ["no scope at all", [], "access.ts lists no scope"],
  ["a scope of another server", ["other/read"], "the scope other/read must begin with api/"],
  ["a scope without a name", ["api/"], "the scope api/ must begin with api/"],
])("%s is refused", (_what, scopes, message) => {
  expect(() => resourceServerScopes({ scopes, rules: [] })).toThrow(message);
});
