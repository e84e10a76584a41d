import { parse } from "node:url";

import { originRequestEvent } from "@sst-gatehouse/edge/test/events";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { servers } from "../paths/readers.ts";
import { type AttackedGuard, loadAttackedGuard } from "./built-guard.ts";

let guard: AttackedGuard;
beforeAll(async () => {
  guard = await loadAttackedGuard();
});
afterAll(() => guard.close());

const pieces = [
  ..."/ // \\ /\\ %2F %5c %2e%2E @ : ; ? # . .. /./ /../ %09 %00 %E2%81%84".split(" "),
  ..."evil.example https: javascript: .auth .AUTH auth/logout /.auth/ x /x /y/z".split(" "),
  ...Array.from(" \t\n\r\0\u00E9\uFF0F\u2044\u200B"),
];
const returnPath = fc
  .tuple(fc.constantFrom("", "/", "/"), fc.array(fc.constantFrom(...pieces), { maxLength: 6 }))
  .map(([start, chosen]) => start + chosen.join(""));

/** Whether a browser that is about to sign in would be brought back there. */
async function isTaken(path: string): Promise<boolean> {
  const result = await guard.handle(
    originRequestEvent({
      uri: "/.auth/login",
      querystring: `return_to=${encodeURIComponent(path)}`,
      headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: "text/html" },
    }),
  );
  if (!result || !("status" in result)) throw new Error("the guard has let it through");
  expect(["302", "400"]).toContain(result.status);
  return result.status === "302";
}

test("nobody is sent anywhere but to a page of this origin after a sign-in", async () => {
  const seed = drawSeed("places to return to");
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(returnPath, async (path) => {
      if (!(await isTaken(path))) return;
      taken += 1;
      expect(path).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
      // Three parsers that know nothing of each other: WHATWG's, Node's old one, and RFC 3986's own expression.
      const base = "https://app.example";
      const url = new URL(path, `${base}/from/here`);
      expect(url.origin).toBe(base);
      expect(parse(path, false, true).host).toBeNull();
      expect(/^([^:/?#]+:)?(\/\/[^/?#]*)?/.exec(path)?.[0]).toBe("");
      for (const [name, read] of Object.entries(servers))
        expect([name, read(url.pathname).toLowerCase()]).not.toEqual([
          name,
          expect.stringMatching(/^\/\.auth(?:\/|$)/),
        ]);
    }),
    { seed, numRuns: draws },
  );
  expect(taken).toBeGreaterThan(draws / 50);
});
