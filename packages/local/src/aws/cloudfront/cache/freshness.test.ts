import { expect, test } from "vitest";

import { freshnessOf } from "./freshness.ts";
import type { HeaderLine } from "../header-lines.ts";
import { cachePolicies } from "../policies.ts";
import type { CachePolicy } from "../policies.ts";

function policy(id: string): CachePolicy {
  const found = cachePolicies[id];
  if (found === undefined) throw new TypeError(`no policy ${id}`);
  return found;
}

/** MinTTL 0, DefaultTTL 0, MaxTTL one year. */
const router = policy("sst-router-default");
/** MinTTL 1, DefaultTTL one day, MaxTTL one year. */
const optimized = policy("658327ea-f89d-4fab-a63d-7e88639e58f6");
const nowMs = Date.parse("2026-01-01T00:00:00Z");
const year = 31_536_000;

function says(value: string): HeaderLine[] {
  return [["Cache-Control", value]];
}

const cases: [
  what: string,
  policy: CachePolicy,
  status: number,
  headers: HeaderLine[],
  ttlSeconds: number,
  shared: boolean,
][] = [
  ["nothing said, MinTTL 0: not kept, but shared", router, 200, [], 0, true],
  [
    "MinTTL 0 is not 'disabled': max-age is obeyed",
    router,
    200,
    says("public, max-age=60"),
    60,
    true,
  ],
  ["s-maxage wins over max-age", router, 200, says("max-age=60, s-maxage=5"), 5, true],
  ["MaxTTL caps", router, 200, says("max-age=99999999"), year, true],
  ["no-store", router, 200, says("no-store, max-age=60"), 0, false],
  ["no-cache", router, 200, says("No-Cache"), 0, false],
  ["private", router, 200, says('private="x"'), 0, false],
  ["max-age=0", router, 200, says("max-age=0"), 0, false],
  [
    "Expires counts from Date",
    router,
    200,
    [
      ["Date", "Thu, 01 Jan 2026 00:00:00 GMT"],
      ["Expires", "Thu, 01 Jan 2026 00:01:00 GMT"],
    ],
    60,
    true,
  ],
  [
    "Expires without Date counts from now",
    router,
    200,
    [["Expires", "Thu, 01 Jan 2026 00:00:30 GMT"]],
    30,
    true,
  ],
  ["an invalid Expires is the past", router, 200, [["Expires", "0"]], 0, false],
  ["nothing said, DefaultTTL", optimized, 200, [], 86_400, true],
  ["MinTTL above 0 overrides no-store", optimized, 200, says("no-store"), 1, true],
  ["MinTTL above 0 overrides max-age=0", optimized, 200, says("max-age=0"), 1, true],
  ["a redirect is kept like a page", optimized, 302, [], 86_400, true],
  ["404 stays 10 seconds", router, 404, [], 10, true],
  ["404 is not kept when it says no-store", router, 404, says("no-store"), 0, false],
  ["410 stays 10 seconds", router, 410, [], 10, true],
  ["410 is not kept when it says private", router, 410, says("private"), 0, false],
  ["501 is not kept when it says no-cache", router, 501, says("no-cache"), 0, false],
  ["500 stays 10 seconds even with no-store", router, 500, says("no-store"), 10, false],
  ["503 stays as long as it asks, when that is longer", router, 503, says("max-age=30"), 30, true],
  ["504 stays 10 seconds when it asks for less", router, 504, says("max-age=3"), 10, true],
  ["403 is not kept by itself", optimized, 403, [], 0, true],
  ["403 is kept when it says so", router, 403, says("max-age=30"), 30, true],
  ["401 is never kept", optimized, 401, says("max-age=30"), 0, true],
  ["206 is not kept", optimized, 206, says("max-age=30"), 0, true],
];

test.each(cases)("%s", (_what, by, status, headers, ttlSeconds, shared) => {
  expect(freshnessOf(status, headers, by, nowMs)).toEqual({ ttlSeconds, shared });
});
