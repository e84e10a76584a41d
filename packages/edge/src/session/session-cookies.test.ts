import { describe, expect, test } from "vitest";

import { type GuardCookies, guardCookies } from "./cookies.ts";
import {
  clearSession,
  fits,
  maxSessionBytes,
  readSession,
  writeSession,
} from "./session-cookies.ts";
import { createCookieJar } from "../../test/cookie-jar.ts";
import { ended, sessionLines } from "../../test/test-browser.ts";

const none: GuardCookies = new Map();
const small = { accessToken: "aaa.bbb.ccc", refreshToken: "ddd.eee" };

/** What a browser brings after it was given these lines. */
function broughtAfter(...answers: (readonly string[])[]): GuardCookies {
  const jar = createCookieJar(() => 0);
  for (const lines of answers) jar.keep(lines);
  return guardCookies({ cookie: [jar.header()] });
}

test("a session in one part each", () => {
  expect(writeSession(small, none)).toEqual(sessionLines(small));
  expect(readSession(broughtAfter(writeSession(small, none)))).toEqual({
    kind: "session",
    session: small,
  });
});

describe("a session of the largest size", () => {
  const session = {
    accessToken: "a".repeat(3801),
    refreshToken: "r".repeat(maxSessionBytes - 3801),
  };
  const lines = writeSession(session, none);

  test("is cut into parts of which a browser keeps each, attributes included", () => {
    expect(lines.map((line) => line.slice(0, line.indexOf("=")))).toEqual([
      "__Host-gatehouse-access.1of2",
      "__Host-gatehouse-access.2of2",
      "__Host-gatehouse-refresh.1of2",
      "__Host-gatehouse-refresh.2of2",
    ]);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(4096);
  });
  test("comes back whole", () => {
    expect(readSession(broughtAfter(lines))).toEqual({ kind: "session", session });
  });
  test("takes the place of a smaller one, and the other way round", () => {
    const before = broughtAfter(writeSession(small, none));
    expect(writeSession(session, before)).toEqual([
      ...lines,
      ended("access.1of1"),
      ended("refresh.1of1"),
    ]);
    const both = broughtAfter(lines, writeSession(small, broughtAfter(lines)));
    expect(readSession(both)).toEqual({ kind: "session", session: small });
  });
});

test("a session fits up to 10,240 bytes", () => {
  const refreshToken = "r".repeat(4000);
  expect(fits({ accessToken: "a".repeat(6240), refreshToken })).toBe(true);
  expect(fits({ accessToken: "a".repeat(6241), refreshToken })).toBe(false);
});

const refresh = "__Host-gatehouse-refresh.1of1=r";
const incomplete: [why: string, cookie: string][] = [
  ["the refresh token is missing", "__Host-gatehouse-access.1of1=a"],
  ["the access token is missing", refresh],
  ["a part is missing", `__Host-gatehouse-access.1of2=a; ${refresh}`],
  ["the first part is missing", `__Host-gatehouse-access.2of2=a; ${refresh}`],
  [
    "a part is doubled",
    `__Host-gatehouse-access.1of1=a; __Host-gatehouse-access.1of1=b; ${refresh}`,
  ],
  [
    "a part is left over from a larger set",
    `__Host-gatehouse-access.1of1=a; __Host-gatehouse-access.2of2=b; ${refresh}`,
  ],
  [
    "two whole sets are there",
    `__Host-gatehouse-access.1of1=a; __Host-gatehouse-access.1of2=b; __Host-gatehouse-access.2of2=c; ${refresh}`,
  ],
  [
    "a part has another form of name",
    `__Host-gatehouse-access.1of1=a; __Host-gatehouse-access.01of1=a; ${refresh}`,
  ],
  [
    "a cookie of the bare name is there",
    `__Host-gatehouse-access=a; __Host-gatehouse-access.1of1=a; ${refresh}`,
  ],
  ["a token is empty", `__Host-gatehouse-access.1of1=; ${refresh}`],
  ["a token has a foreign character", `__Host-gatehouse-access.1of1=a%2e; ${refresh}`],
  ["a token is quoted", `__Host-gatehouse-access.1of1="a"; ${refresh}`],
  ["a token is far too long", `__Host-gatehouse-access.1of1=${"a".repeat(12_289)}; ${refresh}`],
  [
    "there are more parts than nine",
    `${Array.from({ length: 10 }, (_, index) => `__Host-gatehouse-access.${index + 1}of10=a`).join("; ")}; ${refresh}`,
  ],
];

test.each(incomplete)("no session: %s", (_why, cookie) => {
  expect(readSession(guardCookies({ cookie: [cookie] }))).toEqual({ kind: "incomplete" });
});

test("the guard's other cookies make no session, and are not ended with one", () => {
  const others = guardCookies({
    cookie: [
      "__Host-gatehouse-renewed=1; __Host-gatehouse-attempt.x=y; __Host-gatehouse-accessory=z",
    ],
  });
  expect(readSession(others)).toEqual({ kind: "none" });
  expect(clearSession(others)).toEqual([]);
});

test("everything of an incomplete session is ended, doubled names once", () => {
  const requestCookies = guardCookies({
    cookie: [
      "__Host-gatehouse-access=1; __Host-gatehouse-access.7of9=2; __Host-gatehouse-access.7of9=3; __Host-gatehouse-refresh.x=4",
    ],
  });
  expect(clearSession(requestCookies)).toEqual([
    ended("access"),
    ended("access.7of9"),
    ended("refresh.x"),
  ]);
});
