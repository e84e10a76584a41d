import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { admits } from "./admits.ts";

const { rules } = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/a": { groups: ["admin"] },
    "/b": { groups: ["admin", "support"], scopes: ["api/read", "api/write"] },
    "/c": { scopes: ["api/write"] },
    "/d": { services: ["arn:aws:iam::123456789012:role/job"] },
    "/e": { groups: ["admin"], services: ["arn:aws:iam::123456789012:role/job"] },
  },
});

test.each([
  ["/*", "everyone who has signed in; every machine; every IAM service"],
  ["/public/*", "anyone, without signing in"],
  ["/a", "people in the group admin"],
  [
    "/b",
    "people in the group admin or support, an access token only with the scope api/read or api/write; machines with the scope api/read or api/write",
  ],
  ["/c", "people whose access token has the scope api/write; machines with the scope api/write"],
  ["/d", "the IAM service arn:aws:iam::123456789012:role/job"],
  ["/e", "people in the group admin; the IAM service arn:aws:iam::123456789012:role/job"],
])("%s admits %s", (text, words) => {
  const rule = rules.find((candidate) => candidate.text === text);
  expect(rule && admits(rule)).toBe(words);
});
