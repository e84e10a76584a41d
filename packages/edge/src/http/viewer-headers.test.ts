import { describe, expect, test } from "vitest";

import { withoutRefusedHeaders } from "./viewer-headers.ts";

const headers = (...cookie: string[]) => ({ accept: ["*/*"], cookie });

describe("cookies", () => {
  test("all go on where no list is given, line by line as they came", () => {
    const given = headers("a=1; b=2", "c");
    expect(withoutRefusedHeaders(given, undefined)).toEqual(given);
  });

  test.each<[string, lines: string[], listed: string[], kept: string[] | undefined]>([
    ["only the listed ones", ["a=1; b=2; c=3"], ["a", "c"], ["a=1; c=3"]],
    ["from several lines", ["a=1", "b=2; a=3"], ["a"], ["a=1; a=3"]],
    ["none for an empty list, and no header either", ["a=1; b=2"], [], undefined],
    ["none where none is listed", ["a=1"], ["b"], undefined],
    ["no name in another case", ["A=1; a=2"], ["a"], ["a=2"]],
    ["no name that only begins like a listed one", ["ab=1; a=2"], ["a"], ["a=2"]],
    ["no cookie without a name", ["a; =a; =a=1; a=2"], ["a"], ["a=2"]],
    ["no name with a space of another alphabet", ["\u00a0a=1; a\u00a0=2; a=3"], ["a"], ["a=3"]],
    ["no name that is encoded", ["%61=1; a=2"], ["a"], ["a=2"]],
    [
      "values as they are, with = in them",
      ['a=b=c==; x=1; d="e f"'],
      ["a", "d"],
      ['a=b=c==; d="e f"'],
    ],
    ["cookies without a space or with tabs between them", ["a=1;b=2;\t a=3"], ["a"], ["a=1; a=3"]],
  ])("%s", (_what, lines, listed, kept) => {
    expect(withoutRefusedHeaders(headers(...lines), listed)).toEqual({
      accept: ["*/*"],
      ...(kept === undefined ? {} : { cookie: kept }),
    });
  });
});

test("headers that a viewer may not send are dropped beside them", () => {
  const sent = { ...headers("a=1"), "x-gatehouse-caller": ["me"], "x-amz-date": ["now"] };
  expect(withoutRefusedHeaders(sent, ["a"])).toEqual(headers("a=1"));
});
