import { describe, expect, test } from "vitest";

import {
  clearCookie,
  clearCookies,
  guardCookies,
  setCookie,
  withoutGuardCookies,
} from "./cookies.ts";

const read = (...cookie: string[]) => [...guardCookies({ cookie })];
const left = (...cookie: string[]) => withoutGuardCookies({ cookie, accept: ["*/*"] });

const readings: [what: string, lines: string[], found: [string, string | undefined][]][] = [
  ["nothing in an empty header", [""], []],
  ["a cookie by what follows the prefix", ["__Host-Http-gatehouse-a=1"], [["a", "1"]]],
  ["one among others", ["x=1; __Host-Http-gatehouse-a=1; y=2"], [["a", "1"]]],
  [
    "several lines as one",
    ["x=1", "__Host-Http-gatehouse-a=1", "__Host-Http-gatehouse-b=2"],
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  [
    "a separator without its space",
    ["__Host-Http-gatehouse-a=1;__Host-Http-gatehouse-b=2"],
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  [
    "spaces and tabs around name and value",
    ["\t __Host-Http-gatehouse-a \t=\t 1 \t;"],
    [["a", "1"]],
  ],
  ["the value to its end, other `=` included", ["__Host-Http-gatehouse-a=1=2=="], [["a", "1=2=="]]],
  ["no comma as a separator", ["__Host-Http-gatehouse-a=1, x=2"], [["a", "1, x=2"]]],
  ["escapes and quotes as they are", ['__Host-Http-gatehouse-a="%41+"'], [["a", '"%41+"']]],
  [
    "no value for a name that comes twice",
    ["__Host-Http-gatehouse-a=1; __Host-Http-gatehouse-a=2"],
    [["a", undefined]],
  ],
  [
    "no value for a name that comes twice with the same value, in two lines",
    ["__Host-Http-gatehouse-a=1", "__Host-Http-gatehouse-a=1"],
    [["a", undefined]],
  ],
  [
    "no value for a name that comes three times",
    ["__Host-Http-gatehouse-a=1; __Host-Http-gatehouse-a=2; __Host-Http-gatehouse-a=3"],
    [["a", undefined]],
  ],
];

test.each(readings)("reads %s", (_what, lines, found) => {
  expect(read(...lines)).toEqual(found);
});

/** Each is one that some cookie parser would forgive. */
const lookAlikes: [what: string, piece: string][] = [
  ["lower case", "__host-http-gatehouse-access.1of1=x"],
  ["upper case", "__HOST-GATEHOUSE-ACCESS.1OF1=x"],
  ["a no-break space in front", "\u00a0__Host-Http-gatehouse-access.1of1=x"],
  ["an em space in front", "\u2003__Host-Http-gatehouse-access.1of1=x"],
  ["a byte order mark in front", "\ufeff__Host-Http-gatehouse-access.1of1=x"],
  ["a vertical tab in front", "\u000b__Host-Http-gatehouse-access.1of1=x"],
  ["a form feed in front", "\f__Host-Http-gatehouse-access.1of1=x"],
  ["a zero-width space within", "__Host-\u200bgatehouse-access.1of1=x"],
  ["a cookie without a name", "=__Host-Http-gatehouse-access.1of1=x"],
  ["a cookie without a name, twice", "==__Host-Http-gatehouse-access.1of1=x"],
];

describe.each(lookAlikes)("a look-alike with %s", (_what, piece) => {
  test("is not read", () => {
    expect(read(`x=1; ${piece}`)).toEqual([]);
  });
  test("is not passed on", () => {
    expect(left(`x=1; ${piece}; y=2`)["cookie"]).toEqual(["x=1; y=2"]);
  });
});

test("a name without a value is not read, and not passed on", () => {
  expect(read("__Host-Http-gatehouse-access.1of1")).toEqual([]);
  expect(left("__Host-Http-gatehouse-access.1of1")).toEqual({ accept: ["*/*"] });
});

const passedOn: [what: string, lines: string[], cookie: string[] | undefined][] = [
  ["the app's own, in their order", ["b=2; a=1"], ["b=2; a=1"]],
  [
    "every byte of a value",
    ['j={"k":[1,2]}; e=%3B%20; q="x y"; u=é; n'],
    ['j={"k":[1,2]}; e=%3B%20; q="x y"; u=é; n'],
  ],
  ["the app's own of the same name twice", ["a=1; a=2"], ["a=1; a=2"]],
  [
    "what stood around a cookie of ours",
    ["a=1; __Host-Http-gatehouse-access.1of1=x; b=2"],
    ["a=1; b=2"],
  ],
  [
    "what stood in other lines",
    ["a=1", "__Host-Http-gatehouse-access.1of1=x", "b=2"],
    ["a=1; b=2"],
  ],
  [
    "neighbours of our prefix",
    ["__Host-gatehouses=1; __Host-gate-house-=2; x__Host-Http-gatehouse-a=3; gatehouse-a=4"],
    ["__Host-gatehouses=1; __Host-gate-house-=2; x__Host-Http-gatehouse-a=3; gatehouse-a=4"],
  ],
  ["no header where nothing is left", ["__Host-Http-gatehouse-access.1of1=x; "], undefined],
];

test.each(passedOn)("passes on %s", (_what, lines, cookie) => {
  const expected = { accept: ["*/*"], ...(cookie === undefined ? {} : { cookie }) };
  expect(left(...lines)).toEqual(expected);
});

test("headers without a cookie stay the same object", () => {
  const headers = { accept: ["*/*"] };
  expect(withoutGuardCookies(headers)).toBe(headers);
});

test("writes and ends a cookie", () => {
  expect(setCookie("a", "1", 60)).toBe(
    "__Host-Http-gatehouse-a=1; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax",
  );
  expect(clearCookie("a")).toBe(
    "__Host-Http-gatehouse-a=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
  );
});

test("writes 4,096 bytes of name and value, and no more", () => {
  const longest = "x".repeat(4096 - "__Host-Http-gatehouse-a".length);
  expect(setCookie("a", longest, 60)).toMatch(/^__Host-Http-gatehouse-a=x{4073};/);
  expect(() => setCookie("a", `${longest}x`, 60)).toThrow(TypeError);
});

test("ends the cookies that are asked for, and none whose name could break the header", () => {
  const requestCookies = guardCookies({
    cookie: [
      'a.1=1; b=2; c d=3; e"=4; f\r\nx=5',
      `__Host-Http-gatehouse-${"n".repeat(81)}=6`,
      "__Host-Http-gatehouse-a.1=1; __Host-Http-gatehouse-b=2; __Host-Http-gatehouse-c d=3",
      "__Host-Http-gatehouse-e\r\nset-cookie: x=5; __Host-Http-gatehouse-=7",
    ],
  });
  expect(clearCookies(requestCookies, /./)).toEqual([clearCookie("a.1"), clearCookie("b")]);
  expect(clearCookies(requestCookies, /^a/)).toEqual([clearCookie("a.1")]);
});
