import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { protectedPaths, publicPaths } from "./access-paths.ts";

const access = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/public/admin/*": { groups: ["admin", "staff"], scopes: ["api/read"] },
    "/public/admin/help": "anyone",
    "GET /jobs/*": { services: ["arn:aws:iam::123456789012:role/robot"] },
  },
});

test("a public path is told with the rule it is carved out of, the nearest one", () => {
  expect(publicPaths(access)).toEqual([
    {
      rule: "/public/admin/help",
      who: "anyone",
      carvedFrom: { rule: "/public/admin/*", who: "groups admin or staff; scopes api/read" },
    },
    { rule: "/public/*", who: "anyone", carvedFrom: { rule: "/*", who: "signed-in" } },
  ]);
});

test("a public path under no other rule is carved out of nothing", () => {
  const open = defineAccess({ scopes: [], rules: { "/docs/*": "anyone", "/doc": "signed-in" } });
  expect(publicPaths(open)).toEqual([{ rule: "/docs/*", who: "anyone" }]);
});

test("protected paths are told in the order in which they are tried", () => {
  expect(protectedPaths(access)).toEqual([
    { rule: "/public/admin/*", who: "groups admin or staff; scopes api/read" },
    { rule: "GET /jobs/*", who: "services arn:aws:iam::123456789012:role/robot" },
    { rule: "/*", who: "signed-in" },
  ]);
});
