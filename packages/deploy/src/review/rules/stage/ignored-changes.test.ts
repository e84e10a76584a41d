import { expect, test } from "vitest";

import { graphUnderTest, resourceNames, rulesOf } from "../../../../test/graph-under-test.ts";
import { checkIgnoredChanges } from "./ignored-changes.ts";

function check(ignoreChanges: readonly string[], name: string = resourceNames.guardRole) {
  const changes = { [name]: { $options: { ignoreChanges } } };
  return rulesOf(checkIgnoredChanges(graphUnderTest({ changes })));
}

test("names may stay as they once were given", () => {
  expect(checkIgnoredChanges(graphUnderTest())).toEqual([]);
  expect(check(["name"])).toEqual([]);
});

test.each([["assumeRolePolicy"], ["name", "path"], ["*"], ["inlinePolicies[0]"]])(
  "but not %s",
  (...ignored) => {
    expect(check(ignored)).toEqual(["changes-ignored"]);
  },
);

test("what is not AWS's is free", () => {
  expect(check(["*"], "Cdn")).toEqual([]);
});

test("but the list of ended sign-ins stays as people have written it", () => {
  expect(check(["value"], resourceNames.revokedParameter)).toEqual([]);
  expect(check(["value", "name"], resourceNames.revokedParameter)).toEqual([]);
  expect(check(["value"], resourceNames.outputsParameter)).toEqual(["changes-ignored"]);
  expect(check([], resourceNames.revokedParameter)).toEqual(["revocations-kept"]);
  expect(check(["tags"], resourceNames.revokedParameter)).toEqual([
    "changes-ignored",
    "revocations-kept",
  ]);
});

test("and no deploy may write the list again, whatever else changes about it", () => {
  for (const overwrite of [undefined, true, "false"]) {
    const changes = { [resourceNames.revokedParameter]: { overwrite } };
    expect(rulesOf(checkIgnoredChanges(graphUnderTest({ changes })))).toEqual([
      "revocations-overwritten",
    ]);
  }
});
