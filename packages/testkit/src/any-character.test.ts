import * as fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "./any-character.ts";

test("is of every plane and never half a pair, and its strings are at times those that programs stumble over", () => {
  const drawn = fc.sample(fc.string({ unit: anyCharacter }), { seed: 1, numRuns: 2000 });
  const planes = new Set(
    drawn.flatMap((text) => Array.from(text, (character) => (character.codePointAt(0) ?? 0) >> 16)),
  );
  expect(planes).toEqual(new Set(Array.from({ length: 17 }, (_, plane) => plane)));
  expect(drawn.filter((text) => /\p{Surrogate}/u.test(text))).toEqual([]);
  // Made from its characters, one by one.
  expect(drawn).toContain("__proto__");
});
