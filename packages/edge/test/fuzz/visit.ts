import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import type { CloudFrontRequestEvent } from "aws-lambda";
import * as fc from "fast-check";

import { fuzzedCookies, matchedAttempt, returnCookie } from "./cookies.ts";
import { originRequestEvent } from "../events.ts";

const path = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      "/.auth/login",
      "/.auth/callback",
      "/.auth/logout",
      "/.auth/signed-out",
      "/.auth/me",
      "/.auth/refresh",
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom("/echo/a", "/", "/public/health", "/admin/a") },
  fc.constantFrom("//echo", "/a b", "/%zz", "/é", "/%2eauth/me", "/.AUTH/me"),
  fc.constantFrom("/.auth", "/.auth/", "/.auth/constructor", "/.auth/me/", "/.auth/../echo"),
  fc.string({ maxLength: 10, unit: anyCharacter }).map((rest) => `/.auth/${rest}`),
);

const method = fc.oneof(
  { weight: 3, arbitrary: fc.constant("GET") },
  fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
);

const value = fc.oneof(
  fc.constantFrom(
    "/echo/a",
    "//evil.example",
    "https://evil.example",
    "/.auth/me",
    "1",
    "access_denied",
  ),
  // As `fc.webPath` draws it, without the table that `anyCharacter` tells of.
  fc.stringMatching(/^(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[2-7][\dA-F]){0,10}){0,4}$/),
  fc.string({ maxLength: 20, unit: anyCharacter }),
);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  fc
    .array(
      fc.tuple(
        fc.constantFrom("return_to", "fresh", "again", "code", "state", "error", "constructor"),
        fc.oneof(value, value.map(encoded)),
      ),
      { maxLength: 3 },
    )
    .map((pairs) => pairs.map((pair) => pair.join("=")).join("&")),
  fc.constantFrom("%zz", "a+b&&=", "return_to=%ff", `return_to=/${"a".repeat(9000)}`),
);

/** Ways in which browsers and scripts say what they are, and sayings that no browser would use. */
const sayings = fc.oneof(
  fc.constant({
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  }),
  fc.record(
    {
      "sec-fetch-site": fc.constantFrom("same-origin", "same-site", "cross-site", "none", "", "x"),
      "sec-fetch-mode": fc.constantFrom("navigate", "cors", "no-cors", "same-origin", ""),
      "sec-fetch-dest": fc.constantFrom("document", "iframe", "empty", "image", ""),
      "sec-purpose": fc.constantFrom("prefetch", "prefetch;prerender", ""),
    },
    { requiredKeys: [] },
  ),
);
const headers = fc
  .tuple(
    sayings,
    fc.record(
      {
        accept: fc.constantFrom("text/html", "text/html,*/*;q=0.8", "*/*", "application/json", ""),
        origin: fc.constantFrom(
          "https://d111111abcdef8.cloudfront.net",
          "https://spa.example.com",
          "https://evil.example",
          "null",
        ),
        "x-requested-with": fc.constant("XMLHttpRequest"),
      },
      { requiredKeys: ["accept"] },
    ),
    fc.option(fuzzedCookies, { freq: 4 }),
  )
  .map(([said, others, cookie]) => ({
    ...said,
    ...others,
    ...(cookie === null ? {} : { cookie }),
  }));

/** Any browser or script anywhere, the guard's own routes above all. */
const anywhere = fc
  .tuple(method, path, query, headers)
  .map(([verb, uri, querystring, sent]) =>
    originRequestEvent({ method: verb, uri, querystring, headers: sent }),
  );

/** A browser that comes back from the hosted sign-in, most often as it should. */
const back = fc
  .tuple(matchedAttempt, fc.stringMatching(/^[\w-]{0,20}$/), headers)
  .map(([{ state, cookie }, code, sent]) =>
    originRequestEvent({
      uri: "/.auth/callback",
      querystring: `code=${code}&state=${encoded(state)}`,
      headers: { ...sent, cookie: [cookie, ...("cookie" in sent ? sent.cookie : [])] },
    }),
  );

const signedOut = fc.tuple(returnCookie, headers).map(([cookie, sent]) =>
  originRequestEvent({
    uri: "/.auth/signed-out",
    headers: { ...sent, cookie: [cookie, ...("cookie" in sent ? sent.cookie : [])] },
  }),
);

/** The app's own script or form, which may do all that a session allows. */
const own = fc
  .tuple(fc.constantFrom("/.auth/refresh", "/.auth/logout", "/echo/a"), sayings, fuzzedCookies)
  .map(([uri, said, cookie]) =>
    originRequestEvent({
      method: "POST",
      uri,
      headers: { ...said, "sec-fetch-site": "same-origin", cookie },
    }),
  );

/** Requests as browsers make them and as they never would, to all that the guard answers for browsers. */
export const fuzzedVisit: fc.Arbitrary<CloudFrontRequestEvent> = fc.oneof(
  { weight: 6, arbitrary: anywhere },
  { weight: 1, arbitrary: back },
  { weight: 1, arbitrary: own },
  { weight: 1, arbitrary: signedOut },
);

/** For a query; what is no Unicode goes as it is. */
function encoded(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text : encodeURIComponent(text);
}
