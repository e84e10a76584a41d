import { defineAccess, selectRule } from "@sst-gatehouse/core/access";
import { isGuardError } from "@sst-gatehouse/core/errors";
import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { encodeRaw } from "@sst-gatehouse/core/wire";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { habitMutants } from "./habit-mutants.ts";
import { hostilePath } from "./hostile-path.ts";
import { openReaders } from "./readers.ts";
import type { Reader } from "./routers.ts";

/** Each is an access rule of the guard, and a route of every app behind it. The more special first. */
const rules = [
  "/public/secret",
  "/items/new",
  "/settings",
  "/public/*",
  "/admin/*",
  "/items/*",
  "/keys/*",
  "/*",
];
const plainPaths: readonly (readonly [path: string, rule: string])[] = [
  ["/public/secret", "/public/secret"],
  ["/items/new", "/items/new"],
  ["/settings", "/settings"],
  ["/public/x", "/public/*"],
  ["/admin", "/admin/*"],
  ["/admin/x", "/admin/*"],
  ["/items/1", "/items/*"],
  ["/keys/k", "/keys/*"],
  ["/", "/*"],
  ["/other/x", "/*"],
];
/** As they go on: the guard decides about what it has encoded. */
const hostile = hostilePath(plainPaths.map(([path]) => path)).map(encodeRaw);

const access = defineAccess({
  scopes: [],
  rules: Object.fromEntries(rules.map((rule) => [rule, "signed-in"])),
});

let readers: readonly (readonly [name: string, reader: Reader])[];
beforeAll(async () => {
  readers = await openReaders(rules);
});

/** The rule that the guard decides by; undefined where it refuses the path. */
function ruleOf(path: string, readingsOf = exactReadings): string | undefined {
  try {
    return selectRule(access, { method: "GET", path, readings: () => readingsOf(path) });
  } catch (error) {
    if (isGuardError(error)) return undefined;
    throw error;
  }
}

/** Who serves the path as one that falls under another rule. */
async function otherwiseServed(path: string, rule: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, reader] of readers) {
    const served = await reader(path);
    if (served !== undefined && served !== rule)
      found.push(`${path} is ${rule} for the guard, ${served} for ${name}`);
  }
  return found;
}

test.each(plainPaths)("%s gets to %s in every app", async (path, rule) => {
  const served = await Promise.all(readers.map(async ([name, read]) => [name, await read(path)]));
  expect(served).toEqual(readers.map(([name]) => [name, rule]));
  expect(ruleOf(path)).toBe(rule);
});

test("no app serves a path under another rule than the one the guard chose for it", async () => {
  const seed = drawSeed("hostile paths through every router");
  let admitted = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (path) => {
      const rule = ruleOf(path);
      if (rule === undefined) return;
      admitted += 1;
      expect(await otherwiseServed(path, rule)).toEqual([]);
    }),
    { seed, numRuns: draws },
  );
  expect(admitted).toBeGreaterThan(draws / 4);
});

describe("a guard that does not know", () => {
  let refused: readonly string[];
  beforeAll(() => {
    const paths = fc.sample(hostile, { seed: 1, numRuns: 40_000 });
    refused = paths.filter((path) => ruleOf(path) === undefined);
  });

  test.each(habitMutants())("%s is found out", async (_habit, load) => {
    const readingsOf = await load();
    // What the guard refuses thanks to the habit, and is let in without it.
    for (const path of refused) {
      const rule = ruleOf(path, readingsOf);
      if (rule !== undefined && (await otherwiseServed(path, rule)).length > 0) return;
    }
    expect.fail("every router agrees with it");
  });
});
