import { randomUUID } from "node:crypto";

import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import { accessClaims, idClaims, mint } from "@sst-gatehouse/testkit/tokens";
import * as fc from "fast-check";

import { accessKey, idKey, issuer, machineClient, webClient } from "../events.ts";
import { sessionCookie } from "../test-browser.ts";

const now = Math.floor(Date.now() / 1000);
const prefix = "__Host-Http-gatehouse-";

const person = { issuer, clientId: webClient, sub: randomUUID() };
const access = mint({ key: accessKey, claims: accessClaims({ ...person, now }) });
/** Its signature is good, so that the guard asks for the next one. */
const expired = mint({ key: accessKey, claims: accessClaims({ ...person, now: now - 7200 }) });
const tokens = [
  access,
  expired,
  mint({ key: idKey, claims: idClaims({ ...person, now }) }),
  mint({ key: accessKey, claims: accessClaims({ ...person, clientId: machineClient, now }) }),
  mint({ key: accessKey, claims: { ...accessClaims({ ...person, now }), iat: -1e21 } }),
  `${access.slice(0, -8)}AAAAAAAA`,
];

/** Base64url, and what an attacker would write in its place. */
const word = fc.stringMatching(/^[\w-]{0,50}$/);
const rubbish = fc.oneof(
  word,
  fc.string({ maxLength: 40, unit: anyCharacter }),
  fc.constantFrom("", "a.b.c", '"quoted"', "%7B%7D", "x".repeat(5000), "é", "\u{d800}", "a=b=c"),
);

const random43 = fc.stringMatching(/^[\w-]{43}$/);
const state = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom("0", "1"), random43).map((two) => two.join("")),
  },
  word,
  rubbish,
);

/** What an attempt's cookie holds, and what else JSON can hold in its places. */
const attemptParts = fc.oneof(
  fc.tuple(
    random43,
    random43,
    fc.constantFrom("/", "/echo/a?b=1", "//evil.example", "/.auth/logout", "/%zz", "/é", 1),
    fc.constantFrom<unknown>(0, 1, 2, "1", null),
    fc.constantFrom<unknown>(now + 300, now + 500, now - 1, 1e21, "1", null),
  ),
  fc.tuple(random43, random43, fc.constant("/echo/a"), fc.constant(0), fc.constant(now + 300)),
);
const attemptValue = fc.oneof(
  { weight: 3, arbitrary: attemptParts.map(toBase64url) },
  fc.jsonValue({ maxDepth: 2 }).map(toBase64url),
  rubbish,
);

type Cookie = readonly [name: string, value: string];

/** A session, or what is none, in as many parts as its names say, or say wrongly. */
const sessionParts = fc
  .tuple(
    fc.constantFrom("session", "access"),
    fc.oneof(
      fc.constantFrom(...tokens),
      fc
        .constantFrom(...tokens)
        .map((accessToken) =>
          sessionCookie({ accessToken, refreshToken: "r" }).replace(/^[^=]*=/, ""),
        ),
      word,
      rubbish,
    ),
    fc.integer({ min: 1, max: 4 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 9 })),
  )
  .map(([token, text, count, off]): Cookie[] => {
    const size = Math.ceil(text.length / count);
    return Array.from({ length: count }, (_none, index) => [
      `${prefix}${token}.${index + 1}of${count + off}`,
      text.slice(index * size, (index + 1) * size),
    ]);
  });

/** One that the guard opens; every refresh token is another, as the guard counts how often one comes. */
const session = fc
  .tuple(fc.constantFrom(...tokens.slice(0, 3)), fc.uuid())
  .map(([accessToken, refreshToken]): Cookie[] => {
    const [name = "", value = ""] = sessionCookie({ accessToken, refreshToken }).split("=");
    return [[name, value]];
  });

const attempt = fc
  .tuple(state, attemptValue)
  .map(([name, value]): Cookie[] => [[`${prefix}attempt.${name}`, value]]);

const lookAlike = fc
  .tuple(
    fc.constantFrom(
      "__host-http-gatehouse-",
      "__HOST-Gatehouse-",
      "gatehouse-",
      `=${prefix}`,
      ` ${prefix}`,
    ),
    fc.constantFrom("session.1of1", "session", "attempt.x", "", "__proto__"),
    fc.oneof(fc.constantFrom(...tokens), rubbish),
  )
  .map(([start, name, value]): Cookie[] => [[`${start}${name}`, value]]);

const other = fc
  .tuple(
    fc.oneof(fc.constantFrom("renewed", "return", "access", "refresh", "__proto__", ""), rubbish),
    fc.oneof(
      fc.constantFrom(String(now), "NaN", "1e999"),
      fc.constantFrom("/echo/a", "//evil.example", "/.auth/logout").map((path) => base64url(path)),
      rubbish,
    ),
  )
  .map(([name, value]): Cookie[] => [[`${prefix}${name}`, value]]);

/** Says that this browser was given a session just now. */
const marked = fc
  .constant(null)
  .map((): Cookie[] => [[`${prefix}renewed`, String(Math.floor(Date.now() / 1000))]]);

const foreign = fc.tuple(word, rubbish).map((cookie): Cookie[] => [cookie]);

/** A `Cookie` header, in as many lines as it came: the guard's cookies of every form, doubled, torn and imitated. */
export const fuzzedCookies: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: session },
      { weight: 1, arbitrary: fc.constant<Cookie[]>([]) },
      { weight: 1, arbitrary: marked },
    ),
    fc.oneof(
      fc.constant<Cookie[][]>([]),
      fc.array(fc.oneof(marked, attempt, lookAlike, other, foreign), { maxLength: 2 }),
      fc.array(fc.oneof(sessionParts, attempt, lookAlike, other, foreign), { maxLength: 4 }),
    ),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom("; ", ";", ";;", "; \t"),
  )
  .map(([first, more, change, separator]) => {
    const pairs = [...first, ...more.flat()].map(([name, value]) => `${name}=${value}`);
    // Now and then all of them twice, or in lines of their own.
    if (change === 0) return [[...pairs, ...pairs].join(separator)];
    return change === 1 ? pairs : [pairs.join(separator)];
  });

/** A callback that an attempt of its own belongs to: the state of the address is that of the cookie. */
export const matchedAttempt: fc.Arbitrary<{ readonly state: string; readonly cookie: string }> = fc
  .tuple(state, attemptValue)
  .map(([name, value]) => ({ state: name, cookie: `${prefix}attempt.${name}=${value}` }));

/** Where a browser says that it is to go on to after a sign-out. */
export const returnCookie: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom("/echo/a", "//evil.example", "/\\evil.example", "/.auth/logout", "/\r\nx: y"),
    fc.constantFrom("https://evil.example/", "/\t/evil.example", "/%2e/../.auth/me", "/a?b=//c#d"),
    rubbish,
  )
  .map((path) => `${prefix}return=${base64url(path)}`);

function toBase64url(value: unknown): string {
  return base64url(JSON.stringify(value));
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
