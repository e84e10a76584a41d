import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import { idClaims, mint } from "@sst-gatehouse/testkit/tokens";
import type { CloudFrontRequestEvent } from "aws-lambda";
import * as fc from "fast-check";

import { brokenEvent, type Break } from "./broken-event.ts";
import { fuzzedVisit } from "./visit.ts";
import { idKey, issuer, originRequestEvent, webClient } from "../events.ts";
import { sessionCookie } from "../test-browser.ts";

const token = mint({
  key: idKey,
  claims: idClaims({ issuer, clientId: webClient, now: Math.floor(Date.now() / 1000) }),
});
const authorization = `Bearer ${token}`;
const json = Buffer.from('{"a":1}');

const navigation = {
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  accept: "text/html",
};

/** What is broken: one request of each kind that the guard treats in its own way. */
const whole = [
  originRequestEvent({ uri: "/echo/a", querystring: "a=1&b[]=2", headers: { authorization } }),
  originRequestEvent({ uri: "/public/health", headers: { cookie: ["a=1", "b=2"] } }),
  originRequestEvent({
    method: "POST",
    uri: "/echo/a",
    headers: { authorization, "content-type": "application/json", "content-length": "7" },
    body: json,
  }),
  originRequestEvent({
    method: "DELETE",
    uri: "/echo/a",
    headers: { authorization, "content-length": "7", "x-amz-content-sha256": "0".repeat(64) },
  }),
  originRequestEvent({
    method: "PUT",
    uri: "/echo/a",
    headers: { authorization, "content-length": "2000000" },
    body: json,
    inputTruncated: true,
  }),
  originRequestEvent({
    method: "OPTIONS",
    uri: "/echo/a",
    headers: {
      origin: "https://spa.example.com",
      "access-control-request-method": "GET",
    },
  }),
  originRequestEvent({
    uri: "/.auth/login",
    querystring: "return_to=/a",
    headers: navigation,
  }),
  originRequestEvent({ uri: "/.auth/me", headers: { authorization } }),
  originRequestEvent({
    uri: "/.auth/callback",
    querystring: "code=a&state=b",
    headers: { ...navigation, cookie: "__Host-Http-gatehouse-attempt.b=e30" },
  }),
  originRequestEvent({
    uri: "/echo/a",
    headers: {
      ...navigation,
      cookie: `${sessionCookie({ accessToken: token, refreshToken: "r" })}; a=1`,
    },
  }),
].map((event) => JSON.stringify(event));

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, 0, -1, 1e21, Number.NaN, "", "x", [], {}),
  fc.constantFrom<unknown>(
    [null],
    [[]],
    [{}],
    [{ value: 1 }],
    [{ key: "a" }],
    { length: -1 },
    "\0",
  ),
  fc.constantFrom<unknown>("__proto__", "constructor", { __proto__: null }, { toString: 1 }),
  fc.constantFrom<unknown>(
    "/../admin",
    "/admin",
    "%",
    "a=%zz",
    "\r\nx: y",
    "\u{d800}",
    "é",
    "\u{1f680}",
  ),
  fc.constantFrom<unknown>("x".repeat(30_000), "%2F".repeat(3000), ";/".repeat(2000)),
  fc.string({ maxLength: 30, unit: anyCharacter }),
  fc.jsonValue({ maxDepth: 2 }),
);

const breaks: fc.Arbitrary<Break> = fc.record({
  /** Which of the event's parts. */
  at: fc.nat(),
  how: fc.constantFrom("drop", "replace", "double", "rename", "insert"),
  odd,
});

/** An event of CloudFront, and up to four things wrong with it. Its token is good for an hour. */
export const fuzzedEvent: fc.Arbitrary<CloudFrontRequestEvent> = fc
  .tuple(fc.constantFrom(...whole), fc.array(breaks, { minLength: 1, maxLength: 4 }))
  .map(([event, broken]) => brokenEvent(event, broken));

/**
 * A browser's event, whose cookies and headers are odd enough by themselves; most are whole, because a broken one
 * seldom gets far. Some make the guard ask for tokens, so its `apiOrigin` must be one that refuses at once.
 */
export const fuzzedBrowserEvent: fc.Arbitrary<CloudFrontRequestEvent> = fc
  .tuple(
    fuzzedVisit,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Break[]>([]) },
      fc.array(breaks, { minLength: 1, maxLength: 2 }),
    ),
  )
  .map(([event, broken]) => brokenEvent(JSON.stringify(event), broken));
