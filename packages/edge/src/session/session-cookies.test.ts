import { randomBytes } from "node:crypto";

import { describe, expect, test } from "vitest";

import { createCookieJar } from "../../test/cookie-jar.ts";
import { appOrigin, ended, openedLines, sealing, sessionLines } from "../../test/test-browser.ts";
import { guardSettings } from "../../test/events.ts";
import { type GuardCookies, guardCookies } from "./cookies.ts";
import { createSealedSessions } from "./sealed-session.ts";
import {
  clearSession,
  createSessionCookies,
  fits,
  maxSessionBytes,
  type Session,
  sessionCookie,
  toSession,
} from "./session-cookies.ts";

const sealed = createSealedSessions(sealing, `${sessionCookie} ${guardSettings.prefix}`);
const cookies = createSessionCookies(sealed);
const write = (session: Session, before: GuardCookies = new Map()) =>
  cookies.write(session, before, appOrigin);
const read = (brought: GuardCookies) => cookies.read(brought, appOrigin);
const small = { accessToken: "aaa.bbb.ccc", refreshToken: "ddd.eee" };

/** What a browser brings after it was given these lines. */
function broughtAfter(...answers: (readonly string[])[]): GuardCookies {
  const jar = createCookieJar(() => 0);
  for (const lines of answers) jar.keep(lines);
  return guardCookies({ cookie: [jar.header()] });
}

test("a session in one part", () => {
  expect(openedLines(write(small))).toEqual(sessionLines(small));
  expect(read(broughtAfter(write(small)))).toEqual({ kind: "session", session: small });
});

/** One whose sealed form is as long as it may be: two tokens in three parts each, which can be decoded. */
const largest = (more = 0): Session => {
  const part = (bytes: number) => randomBytes(bytes).toString("base64url");
  const token = (bytes: number) => `${part(300)}.${part(bytes - 556)}.${part(256)}`;
  const rest = (maxSessionBytes * 3) / 4 - 29 - 1 - 12 + more;
  return { accessToken: token(3000), refreshToken: token(rest - 3000) };
};

describe("a session of the largest size", () => {
  const session = largest();
  const lines = write(session);

  test("is cut into parts of which a browser keeps each, attributes included", () => {
    expect(lines.map((line) => line.slice(0, line.indexOf("=")))).toEqual([
      "__Host-Http-gatehouse-session.1of3",
      "__Host-Http-gatehouse-session.2of3",
      "__Host-Http-gatehouse-session.3of3",
    ]);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(4096);
  });
  test("comes back whole", () => {
    expect(read(broughtAfter(lines))).toEqual({ kind: "session", session });
  });
  test("takes the place of a smaller one, and the other way round", () => {
    const before = broughtAfter(write(small));
    expect(write(session, before).slice(3)).toEqual([ended("session.1of1")]);
    const both = broughtAfter(lines, write(small, broughtAfter(lines)));
    expect(read(both)).toEqual({ kind: "session", session: small });
  });
  test("fits, and no larger one does", () => {
    expect(lines.map((line) => line.split(";", 1)[0]?.split("=")[1]?.length)).toEqual([
      3800, 3800, 2640,
    ]);
    expect(fits(session)).toBe(true);
    expect(fits(largest(1))).toBe(false);
    expect(fits({ ...session, refreshToken: "r".repeat(100_000) })).toBe(false);
  });
});

const value = sealed.seal(small, appOrigin);
const half = Math.floor(value.length / 2);
const [head, tail] = [value.slice(0, half), value.slice(half)];
const part = (name: string, text: string) => `__Host-Http-gatehouse-${name}=${text}`;

test("the same bytes in two parts are a session, in the order of their names", () => {
  const cookie = `${part("session.2of2", tail)}; ${part("session.1of2", head)}`;
  expect(read(guardCookies({ cookie: [cookie] }))).toEqual({ kind: "session", session: small });
});

test.each([
  ["a part is missing", part("session.1of2", head)],
  ["the first part is missing", part("session.2of2", tail)],
  ["the parts are swapped", `${part("session.1of2", tail)}; ${part("session.2of2", head)}`],
  ["a part came twice", `${part("session.1of1", value)}; ${part("session.1of1", value)}`],
  ["parts are of two sets", `${part("session.1of1", value)}; ${part("session.2of2", tail)}`],
  [
    "a set is left over",
    `${part("session.1of1", value)}; ${part("session.1of2", head)}; ${part("session.2of2", tail)}`,
  ],
  [
    "a name is written otherwise",
    `${part("session.1of1", value)}; ${part("session.01of1", value)}`,
  ],
  ["there is one without a number", `${part("session", value)}; ${part("session.1of1", value)}`],
  ["it is empty", part("session.1of1", "")],
  ["it has a foreign character", part("session.1of1", `${value}%2e`)],
  ["it is quoted", part("session.1of1", `"${value}"`)],
  ["it is far too long", part("session.1of1", "A".repeat(12_289))],
  [
    "there are ten parts",
    Array.from({ length: 10 }, (_, index) => part(`session.${index + 1}of10`, "A")).join("; "),
  ],
  ["it is in the open", part("session.1of1", `${small.accessToken}.${small.refreshToken}`)],
  [
    "it is of an earlier version",
    `__Host-gatehouse-access.1of1=a; __Host-gatehouse-refresh.1of1=b`,
  ],
])("no session where %s", (_why, cookie) => {
  expect(read(guardCookies({ cookie: [cookie] }))).toEqual({ kind: "incomplete" });
});

test("other cookies of the guard are no session, and are left alone", () => {
  const others = guardCookies({
    cookie: [`${part("renewed", "1")}; ${part("attempt.x", "y")}; ${part("sessions", "z")}`],
  });
  expect(read(others)).toEqual({ kind: "none" });
  expect(clearSession(others)).toEqual([]);
});

test("whatever is called like a part of a session is cleared, and whatever an earlier version left", () => {
  const requestCookies = guardCookies({
    cookie: [
      `${part("session", "1")}; ${part("session.7of9", "2")}; ${part("session.7of9", "3")}`,
      "__Host-gatehouse-access.1of1=4; __Host-gatehouse-attempt.0abc=5",
    ],
  });
  const over = "=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax";
  expect(clearSession(requestCookies)).toEqual([
    ended("session"),
    ended("session.7of9"),
    `__Host-gatehouse-access.1of1${over}`,
    `__Host-gatehouse-attempt.0abc${over}`,
  ]);
  expect(write(small, requestCookies).slice(1)).toEqual(clearSession(requestCookies));
});

test("an ID token that does not fit is left out, and everybody's else is kept", () => {
  const token = (bytes: number) => randomBytes(bytes).toString("base64url");
  const whole = { ...small, idToken: `a.${token(1000)}.c` };
  expect(toSession(whole)).toBe(whole);
  const tooLarge = { ...small, idToken: `a.${token(8000)}.c` };
  expect([fits(tooLarge), toSession(tooLarge)]).toEqual([false, small]);
});
