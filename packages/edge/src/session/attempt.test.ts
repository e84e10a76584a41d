import { describe, expect, test } from "vitest";

import {
  type Attempt,
  clearAttempt,
  codeChallengeOf,
  createAttempt,
  hasRestarted,
  readAttempt,
  restartsOf,
  writeAttempt,
} from "./attempt.ts";
import { type GuardCookies, guardCookies } from "./cookies.ts";
import { createCookieJar } from "../../test/cookie-jar.ts";
import { ended, s256 } from "../../test/test-browser.ts";

const now = 1_800_000_000;
const none: GuardCookies = new Map();
const start = (returnPath = "/x?y=1", at = now, restarts: 0 | 1 = 0): Attempt =>
  createAttempt({ returnPath, kind: "plain", restarts }, at);

/** A browser that begins as many attempts as there are return paths. */
function browser() {
  let clock = now;
  const jar = createCookieJar(() => clock);
  const requestCookies = (): GuardCookies => guardCookies({ cookie: [jar.header()] });
  return {
    jar,
    requestCookies,
    advance: (seconds: number) => {
      clock += seconds;
    },
    begin: (returnPath = "/x"): Attempt => {
      const attempt = start(returnPath, clock);
      jar.keep(writeAttempt(attempt, requestCookies(), clock));
      return attempt;
    },
  };
}

test.each(["plain", "posted", "fragment"] as const)(
  "an attempt comes back as it was, from a cookie of its own: %s",
  (kind) => {
    const attempt = createAttempt({ returnPath: "/x?y=1#z", kind, restarts: 0 }, now);
    const [line = "", ...more] = writeAttempt(attempt, none, now);
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^__Host-Http-gatehouse-attempt\.0[\w-]{43}=[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    const requestCookies = guardCookies({ cookie: [line.slice(0, line.indexOf(";"))] });
    expect(readAttempt(attempt.state, requestCookies, now)).toEqual({
      state: attempt.state,
      nonce: attempt.nonce,
      codeVerifier: attempt.codeVerifier,
      returnPath: "/x?y=1#z",
      kind,
      expiresAt: now + 600,
    });
  },
);

test("state, nonce and verifier are 256 random bits each, and never the same", () => {
  const attempts = Array.from({ length: 100 }, () => start());
  const kinds = [
    attempts.map(({ state }) => state.slice(1)),
    attempts.map(({ nonce }) => nonce),
    attempts.map(({ codeVerifier }) => codeVerifier),
  ];
  expect(new Set(kinds.flat()).size).toBe(300);
  for (const values of kinds) {
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
    // Each bit of the 256 is sometimes on and sometimes off, which chance lets fail once in 2^90 runs.
    const bits = values.map((value) =>
      [...Buffer.from(value, "base64url")]
        .map((byte) => byte.toString(2).padStart(8, "0"))
        .join(""),
    );
    const steady = Array.from({ length: 256 }, (_none, at) => at).filter(
      (at) => new Set(bits.map((each) => each[at])).size !== 2,
    );
    expect(steady).toEqual([]);
  }
});

test("the challenge is the verifier's SHA-256, as RFC 7636 appendix B has it", () => {
  const codeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  expect(codeChallengeOf({ ...start(), codeVerifier })).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
  expect(s256(codeVerifier)).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("the longest return path that there can be is kept", () => {
  const { begin, requestCookies } = browser();
  const returnPath = `/${"<".repeat(2047)}`;
  const { state } = begin(returnPath);
  expect(readAttempt(state, requestCookies(), now)?.returnPath).toBe(returnPath);
});

describe("the state says how often the sign-in was restarted", () => {
  const random = "r".repeat(43);
  test.each([
    [`0${random}`, 0],
    [`1${random}`, 1],
    [`2${random}`, undefined],
    [random, undefined],
    [`0${random}r`, undefined],
    [`0${random.slice(1)}.`, undefined],
    [` 0${random}`, undefined],
    [`0${random}\n`, undefined],
    ["", undefined],
    ["__proto__", undefined],
  ])("%j: %s", (state, restarts) => {
    expect(restartsOf(state)).toBe(restarts);
  });
  test("and so does the name of its cookie", () => {
    const cookie = (name: string): GuardCookies => new Map([[name, "x"]]);
    expect(hasRestarted(cookie(`attempt.${start("/", now, 1).state}`))).toBe(true);
    expect(hasRestarted(cookie(`attempt.${start().state}`))).toBe(false);
    expect(hasRestarted(cookie("attempt.1"))).toBe(false);
    expect(hasRestarted(none)).toBe(false);
  });
});

describe("of many attempts", () => {
  test("a hundred leave the five youngest", () => {
    const { begin, advance, jar } = browser();
    const attempts = Array.from({ length: 100 }, () => {
      advance(1);
      return begin();
    });
    expect(jar.names()).toEqual(
      attempts.slice(-5).map(({ state }) => `__Host-Http-gatehouse-attempt.${state}`),
    );
  });

  // A window begins two attempts within a second, and browsers send the older cookie first (RFC 6265, 5.4).
  test.each([1, 0])(
    "never more than 4,096 bytes are left, the oldest out first, %j seconds apart",
    (seconds) => {
      const { begin, advance, jar, requestCookies } = browser();
      const long = `/${"x".repeat(800)}`;
      const attempts = Array.from({ length: 4 }, () => {
        advance(seconds);
        return begin(long);
      });
      const bytes = [...requestCookies()].map(([name, value = ""]) => name.length + value.length);
      expect(bytes.reduce((sum, more) => sum + more)).toBeLessThanOrEqual(4096);
      expect(jar.names()).toEqual(
        attempts.slice(-3).map(({ state }) => `__Host-Http-gatehouse-attempt.${state}`),
      );
    },
  );

  test("one that is over or broken goes, whatever its age", () => {
    const { state } = start();
    const requestCookies: GuardCookies = new Map([
      [`attempt.${state}`, "broken"],
      ["attempt.short", "x"],
      ["attempt.doubled", undefined],
      ["access.1of1", "kept"],
      ["attempt.in valid", "left to the browser"],
    ]);
    expect(writeAttempt(start(), requestCookies, now).slice(1)).toEqual([
      ended("attempt.doubled"),
      ended("attempt.short"),
      ended(`attempt.${state}`),
    ]);
  });

  test("one that is ten minutes old is over, although the browser still brings it", () => {
    const attempt = start();
    const [line = ""] = writeAttempt(attempt, none, now);
    const requestCookies = guardCookies({ cookie: [line] });
    expect(readAttempt(attempt.state, requestCookies, now + 599)).toBeDefined();
    expect(readAttempt(attempt.state, requestCookies, now + 600)).toBeUndefined();
    expect(writeAttempt(start(), requestCookies, now + 600).slice(1)).toEqual([
      ended(`attempt.${attempt.state}`),
    ]);
  });

  test("one ends by itself", () => {
    const attempt = start();
    expect(clearAttempt(attempt)).toBe(ended(`attempt.${attempt.state}`));
  });
});

describe("every member is judged again when it comes back", () => {
  const { state } = start();
  const random = "r".repeat(43);
  const read = (parts: unknown, as = state) => {
    const value = Buffer.from(JSON.stringify(parts)).toString("base64url");
    return readAttempt(as, new Map([[`attempt.${state}`, value]]), now);
  };

  test("a whole one is read", () => {
    expect(read([random, random, "/x", 0, now + 600])).toBeDefined();
    expect(read([random, random, "/x", 1, now + 1])).toBeDefined();
  });

  const broken: [what: string, parts: unknown][] = [
    ["no list", { nonce: random }],
    ["a text", "x"],
    ["nothing", null],
    ["a part less", [random, random, "/x", 0]],
    ["a part more", [random, random, "/x", 0, now + 600, 1]],
    ["a short nonce", ["r", random, "/x", 0, now + 600]],
    ["no nonce", [null, random, "/x", 0, now + 600]],
    ["a nonce of other letters", [`${random.slice(1)}%`, random, "/x", 0, now + 600]],
    ["a short verifier", [random, "r", "/x", 0, now + 600]],
    ["a way back to another host", [random, random, "//evil.example", 0, now + 600]],
    ["a way back to a sign-out", [random, random, "/.auth/logout", 0, now + 600]],
    ["no way back", [random, random, 1, 0, now + 600]],
    ["another mark for a form", [random, random, "/x", true, now + 600]],
    ["no expiry", [random, random, "/x", 0, null]],
    ["a text as expiry", [random, random, "/x", 0, `${now + 600}`]],
    ["an expiry that is now", [random, random, "/x", 0, now]],
    ["an expiry that is too far away", [random, random, "/x", 0, now + 601]],
  ];
  test.each(broken)("not with %s", (_what, parts) => {
    expect(read(parts)).toBeUndefined();
  });

  test("nor under another state", () => {
    const parts = [random, random, "/x", 0, now + 600];
    expect(read(parts, start().state)).toBeUndefined();
    expect(read(parts, "")).toBeUndefined();
  });

  test.each(["", "%%%", "bm8ganNvbg", "x".repeat(4097)])("nor from the value %j", (value) => {
    expect(readAttempt(state, new Map([[`attempt.${state}`, value]]), now)).toBeUndefined();
  });
});
