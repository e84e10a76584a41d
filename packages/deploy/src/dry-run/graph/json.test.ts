import { expect, test } from "vitest";

import { isAbsent, parseJson, sameSet, toList, withoutSecretMarks } from "./json.ts";

test("marks of secrets come off wherever they are, and an object that only has such a member among others stays", () => {
  expect(
    withoutSecretMarks({ "<secret>": 2, a: [{ "<secret>": { b: { "<secret>": 1 } } }] }),
  ).toEqual({ "<secret>": 2, a: [{ b: 1 }] });
});

test("nothing and an empty list are absent; false, zero and an empty object are not", () => {
  expect([undefined, null, []].map(isAbsent)).toEqual([true, true, true]);
  expect([false, 0, "", {}, [undefined]].map(isAbsent)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a set is the same in any order, but not with an entry missing, more or twice", () => {
  expect(sameSet(["b", "a"], ["a", "b"])).toBe(true);
  expect(sameSet("a", ["a"])).toBe(true);
  expect(sameSet(undefined, [])).toBe(true);
  expect(sameSet(["a"], ["a", "b"])).toBe(false);
  expect(sameSet(["a", "b", "c"], ["a", "b"])).toBe(false);
  expect(sameSet(["a", "a"], ["a", "b"])).toBe(false);
});

test("one thing is a list of one", () => {
  expect(toList("a")).toEqual(["a"]);
  expect(toList(undefined)).toEqual([]);
});

test("text that is not JSON is nothing, anything but text stays itself", () => {
  expect(parseJson('{"a":1}')).toEqual({ a: 1 });
  expect(parseJson("{")).toBe(undefined);
  expect(parseJson([1])).toEqual([1]);
});
