import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { loadAccess } from "./load-access.ts";

async function load(source: string) {
  return loadAccess(join(await temporaryTree({ "access.ts": source }), "access.ts"));
}

const rules = (group: string) => [{ access: { groups: [group] } }];
const exporting = (access: object) => `export const access = ${JSON.stringify(access)};`;

test("loads what the file exports", async () => {
  const access = { scopes: ["api/read"], rules: rules("admin") };
  expect(await load(exporting(access))).toEqual(access);
});

test.each([
  ["no rules at all", "export {};", "exports no access rules"],
  [
    "a scope that Cognito refuses, before anything starts with it",
    exporting({ scopes: ["api/a/b"], rules: [] }),
    'access.ts: Cognito refuses the scope "api/a/b"',
  ],
  [
    "more scopes than a client has room for",
    exporting({ scopes: Array.from({ length: 51 }, (_, index) => `api/${index}`), rules: [] }),
    "access.ts lists 51 scopes, and Cognito has room for 50",
  ],
  [
    "a group that Cognito refuses",
    exporting({ scopes: ["api/read"], rules: rules("super admin") }),
    'access.ts: Cognito refuses the group "super admin"',
  ],
])("refuses %s", async (_what, source, why) => {
  await expect(load(source)).rejects.toThrow(why);
});

test("takes a group that Cognito would refuse where nobody makes it", async () => {
  const access = {
    scopes: ["api/read"],
    rules: rules("super admin"),
    externalGroups: ["super admin"],
  };
  expect(await load(exporting(access))).toEqual(access);
});
