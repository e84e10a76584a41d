import { draws } from "@sst-gatehouse/testkit/draws";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { viaApp } from "./support/client.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

/** Ways to write one character of a path so that some reader takes it for the same. */
const spellings: ((character: string) => string)[] = [
  (character) => character,
  (character) => character,
  (character) => `%${character.charCodeAt(0).toString(16)}`,
  (character) => `%25${character.charCodeAt(0).toString(16)}`,
  (character) => character.toUpperCase(),
];

/** What may stand between two segments, or hide in one. */
const separators = [
  "/",
  "/",
  "//",
  "%2F",
  "%2f",
  "%5C",
  "/./",
  "/x/../",
  "/%2e/",
  ";a=1/",
  "%09/",
  ";/",
  "%3F/",
  "%23",
  "%20",
];

const path = fc
  .tuple(
    fc.constantFrom("admin", "public", "echo"),
    fc.oneof(
      {
        weight: 2,
        arbitrary: fc.array(fc.constantFrom(...spellings), { minLength: 6, maxLength: 6 }),
      },
      // As it is: of those above hardly one path in a hundred gets anywhere at all.
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    fc.constantFrom(...separators),
    fc.constantFrom("echo", "admin", "x"),
    fc.constantFrom(...separators),
    fc.constantFrom("things", "%61dmin", ""),
  )
  .map(([first, spelled, one, second, other, third]) => {
    const head = Array.from(first, (character, index) =>
      (spelled[index] ?? String)(character),
    ).join("");
    return `/${head}${one}${second}${other}${third}`;
  });

test("however a path is spelled, nobody without the group gets to where the group is asked for", async () => {
  let arrived = 0;
  await fc.assert(
    fc.asyncProperty(path, async (spelled) => {
      const answer = await viaApp(target, { path: spelled, token: target.tokens.id });
      expect([200, 400, 403, 404]).toContain(answer.status);
      if (answer.status !== 200) return;
      arrived += 1;
      const seen = answer.json<{ path?: string }>();
      // What the URL parser and one decoding make of it is what a router would go by, up to a query that begins there.
      const routed = decodeURIComponent(new URL(`http://x${seen.path ?? spelled}`).pathname);
      expect(routed.toLowerCase().replaceAll(/\/{2,}/g, "/")).not.toMatch(/^\/admin([/;?#]|\s*$)/);
    }),
    { numRuns: draws(400, 2000) },
  );

  expect(arrived).toBeGreaterThan(0);
}, 120_000);
