import { expect, test } from "vitest";

import { coversPattern, matchesPattern, patternsMeet } from "./path-pattern.ts";

test.each([
  ["/a/*", "/a/b", true],
  ["/a/*", "/a/", true],
  ["/a/*", "/a", false],
  ["/A", "/a", false],
  ["/?.js", "/a.js", true],
  ["/?.js", "/ab.js", false],
  ["/a.b", "/axb", false],
  ["/*", "/a\nb", true],
  ["/a(1)+", "/a(1)+", true],
])("the pattern %s takes %j: %s", (pattern, path, taken) => {
  expect(matchesPattern(pattern, path)).toBe(taken);
});

test.each([
  // outer, inner, covers, meets
  ["/*", "/api/*", true, true],
  ["/api/*", "/*", false, true],
  ["/api/*", "/api/x", true, true],
  ["/api/*", "/api", false, false],
  ["/api*", "/api/*", true, true],
  ["/api/*", "/api*", false, true],
  ["/*.js", "/assets/*", false, true],
  ["/assets/*", "/*.js", false, true],
  ["/?", "/a", true, true],
  ["/a", "/?", false, true],
  ["/?", "/*", false, true],
  ["/a/*", "/b/*", false, false],
  ["/a/*/c", "/a/b/c", true, true],
  ["/a", "/a", true, true],
  ["*", "/a", true, true],
])("beside %s, the pattern %s: covered %s, met %s", (outer, inner, covered, met) => {
  expect(coversPattern(outer, inner)).toBe(covered);
  expect([patternsMeet(outer, inner), patternsMeet(inner, outer)]).toEqual([met, met]);
});
