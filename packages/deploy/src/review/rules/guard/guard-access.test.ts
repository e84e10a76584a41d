import { describe, expect, test } from "vitest";

import {
  accessUnderTest,
  chainUnderTest,
  resourceNames,
} from "../../../../test/graph-under-test.ts";
import { checkGuardAccess } from "./guard-access.ts";

/** The rules broken by a guard with this beside its bundle. */
function brokenBy(file: object | undefined): readonly string[] {
  const code = { archive: file === undefined ? {} : { "access.json": file } };
  const chain = chainUnderTest({ changes: { [resourceNames.guard]: { code } } });
  return checkGuardAccess(chain, accessUnderTest).map(({ rule }) => rule);
}

function fileOf(access: object): object {
  return { sha256: "7", bytes: 1, text: JSON.stringify({ schema: 1, sha256: "…", access }) };
}

test("the rules of access.ts break no rule", () => {
  expect(brokenBy(fileOf(accessUnderTest))).toEqual([]);
});

test("nothing is compared where no rules are given", () => {
  expect(checkGuardAccess(chainUnderTest())).toEqual([]);
});

describe("a guard is refused", () => {
  const { rules, scopes } = accessUnderTest;
  test.each([
    ["without the file", undefined],
    ["with a file whose text is not known", { sha256: "7", bytes: 1 }],
    ["with a file that is no JSON", { sha256: "7", bytes: 1, text: "{" }],
    ["with one rule less", fileOf({ scopes, rules: rules.slice(1) })],
    ["with another order of the rules", fileOf({ scopes, rules: rules.toReversed() })],
    [
      "with a rule that lets in anyone",
      fileOf({ scopes, rules: rules.map((rule) => ({ ...rule, access: "anyone" })) }),
    ],
    ["with another scope", fileOf({ scopes: [...scopes, "api/more"], rules })],
  ])("%s", (_what, file) => {
    expect(brokenBy(file)).toEqual(["guard-access"]);
  });
});
