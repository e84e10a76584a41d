import { expect, test } from "vitest";

import { columns, section, wrapped } from "./text.ts";

test("a line has a hundred columns, its indent included", () => {
  const word = "a".repeat(48);
  expect(wrapped(`${word} ${word}b`, 2)).toEqual([`  ${word} ${word}b`]);
  expect(wrapped(`${word} ${word}bc`, 2)).toEqual([`  ${word}`, `  ${word}bc`]);
  expect(wrapped("one two", 4)).toEqual(["    one two"]);
});

test("a word that is longer than a line stays whole", () => {
  const long = "a".repeat(120);
  expect(wrapped(`b ${long} c`, 2)).toEqual(["  b", `  ${long}`, "  c"]);
  expect(wrapped(long, 2)).toEqual([`  ${long}`]);
});

test("the second column goes on below its own beginning", () => {
  const words = "word ".repeat(20).trim();
  expect(
    columns(
      [
        ["a", words],
        ["label", "b"],
        ["empty", ""],
      ],
      2,
    ),
  ).toEqual([
    `  a      ${"word ".repeat(18).trim()}`,
    "         word word",
    "  label  b",
    "  empty",
  ]);
  expect(columns([], 2)).toEqual([]);
});

test("a heading without anything below it says so", () => {
  expect(section("Things", [])).toEqual(["", "Things", "  none"]);
  expect(section("Things", ["  one"])).toEqual(["", "Things", "  one"]);
});
