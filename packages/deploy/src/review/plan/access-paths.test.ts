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

const signedIn = "everyone who has signed in; every machine; every IAM service";
const staffOrMachines =
  "people in the group admin or staff, with an access token that has the scope api/read; machines with the scope api/read";

test("a public path is told with the rule it is carved out of, the nearest one", () => {
  expect(publicPaths(access)).toEqual([
    {
      rule: "/public/admin/help",
      who: "anyone, without signing in",
      carvedFrom: { rule: "/public/admin/*", who: staffOrMachines },
    },
    {
      rule: "/public/*",
      who: "anyone, without signing in",
      carvedFrom: { rule: "/*", who: signedIn },
    },
  ]);
});

test("a public path under no other rule is carved out of nothing", () => {
  const open = defineAccess({ scopes: [], rules: { "/docs/*": "anyone", "/doc": "signed-in" } });
  expect(publicPaths(open)).toEqual([{ rule: "/docs/*", who: "anyone, without signing in" }]);
});

test("protected paths are told in the order in which they are tried", () => {
  expect(protectedPaths(access)).toEqual([
    { rule: "/public/admin/*", who: staffOrMachines },
    { rule: "GET /jobs/*", who: "the IAM service arn:aws:iam::123456789012:role/robot" },
    { rule: "/*", who: signedIn },
  ]);
});
