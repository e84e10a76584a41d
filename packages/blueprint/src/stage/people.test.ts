import { expect, test } from "vitest";

import { peopleFor } from "./people.ts";

function people(groups: readonly string[], externalGroups: readonly string[] = []) {
  const rules = groups.map((group) => ({
    text: `/${group}`,
    method: undefined,
    access: { groups: [group] },
    exact: { whole: true, path: `/${group}` },
  }));
  return peopleFor({ scopes: [], rules, externalGroups });
}

test("there is a plain person, then the administrator, then one for each further group", () => {
  expect(people([])).toEqual([["alice", []]]);
  expect(people(["editors", "admin", "board"])).toEqual([
    ["alice", []],
    ["ada", ["admin"]],
    ["board", ["board"]],
    ["editors", ["editors"]],
  ]);
});

test("a group of a company's sign-on has its person too, under a name that the pool takes", () => {
  expect(
    people(["Sales Europe", "Sales@Europe", "alice"], ["Sales Europe", "Sales@Europe"]),
  ).toEqual([
    ["alice", []],
    ["alice-2", ["alice"]],
    ["Sales-Europe", ["Sales Europe"]],
    ["Sales-Europe-2", ["Sales@Europe"]],
  ]);
});
