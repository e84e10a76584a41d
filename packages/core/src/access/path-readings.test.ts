import * as fc from "fast-check";
import { expect, test } from "vitest";

import { exactReadings } from "./path-readings.ts";

const readings: [why: string, path: string, readings: string[]][] = [
  ["the root", "/", ["/"]],
  ["a plain path", "/echo/a.b/c_d~e", ["/echo/a.b/c_d~e"]],
  ["every character that pchar has unescaped", "/-._~!$&'()*+,=:@/x", ["/-._~!$&'()*+,=:@/x"]],
  ["a trailing slash", "/echo/", ["/echo/", "/echo"]],
  ["three dots, which are a name", "/.../..a/.b", ["/.../..a/.b"]],
  ["upper case, which stays", "/ADMIN%2Fx", ["/ADMIN%2Fx", "/ADMIN/x"]],
  ["an escape", "/%61dmin/x", ["/%61dmin/x", "/admin/x"]],
  ["an escaped percent sign, decoded once", "/%2561dmin", ["/%2561dmin", "/%61dmin"]],
  ["UTF-8 escapes", "/%C3%84", ["/%C3%84", "/Ä"]],
  ["%2F", "/admin%2Fx", ["/admin%2Fx", "/admin/x"]],
  ["%252F, which is no separator", "/admin%252Fx", ["/admin%252Fx", "/admin%2Fx"]],
  ["%5C", "/admin%5Cx", ["/admin%5Cx", "/admin/x"]],
  ["a segment's parameters, or a query", "/admin;x=1/y", ["/admin;x=1/y", "/admin", "/admin/y"]],
  [
    "escaped parameters, which are cut after decoding",
    "/admin%3Bx/y",
    ["/admin%3Bx/y", "/admin;x/y", "/admin/y"],
  ],
  [
    "parameters that end at a separator only for some",
    "/a;x%2Fy",
    ["/a;x%2Fy", "/a", "/a;x/y", "/a/y"],
  ],
  ["a ; before a slash", "/settings;/x", ["/settings;/x", "/settings", "/settings/x"]],
  ["an escaped ?", "/admin%3Fx/y", ["/admin%3Fx/y", "/admin?x/y", "/admin"]],
  ["an escaped #", "/admin%23x/y", ["/admin%23x/y", "/admin#x/y", "/admin"]],
  ["%253F, which begins no query", "/admin%253F", ["/admin%253F", "/admin%3F"]],
  ["a query behind parameters", "/x%3B%3F", ["/x%3B%3F", "/x;?", "/x;", "/x"]],
  ["a query behind a slash", "/x/%3F", ["/x/%3F", "/x/?", "/x/", "/x"]],
  ["an escaped line feed in a query", "/x%3F%0Ay", ["/x%3F%0Ay", "/x%3Fy", "/x?\ny", "/x?y", "/x"]],
  ["%09", "/ad%09min/x", ["/ad%09min/x", "/admin/x", "/ad\tmin/x"]],
  ["%0D%0a", "/ad%0D%0amin", ["/ad%0D%0amin", "/admin", "/ad\r\nmin"]],
  ["an escaped space at the end", "/x%20", ["/x%20", "/x ", "/x"]],
  ["spaces and controls at the end", "/x/%20%1F%20", ["/x/%20%1F%20", "/x/ \u001F ", "/x/", "/x"]],
  ["an escaped space elsewhere", "/x%20y", ["/x%20y", "/x y"]],
  ["an empty segment", "//admin//x", ["//admin//x", "/admin/x"]],
  ["an empty segment behind parameters", "/;a/admin", ["/;a/admin", "/", "//admin", "/admin"]],
];

test.each(readings)("reads %s in exactly these ways", (_why, path, expected) => {
  expect(exactReadings(path)).toEqual(expected);
});

test("combines what each reader may do", () => {
  expect(exactReadings("//ad%09min%2F%78;y")).toContain("/admin/x");
});

const malformed: [why: string, path: string][] = [
  ["nothing", ""],
  ["no slash in front", "admin"],
  ["an asterisk form", "*"],
  ["an absolute URL", "https://example.com/"],
  ["a raw backslash", String.raw`/public\..\admin\x`],
  ["a raw tab", "/ad\tmin/x"],
  ["a raw line feed", "/ad\nmin"],
  ["a raw NUL", "/a\0"],
  ["DEL", "/a\u007F"],
  ["a space", "/a b"],
  ["a fragment", "/admin#/public/x"],
  ["a query", "/a?b"],
  ["raw UTF-8 read as Latin-1", "/\u00C3\u00A4"],
  ["a raw character outside Latin-1", "/\u212Aey"],
  ...Array.from('[]{}|"<>^`', (character): [string, string] => [
    `a raw ${character}`,
    `/a${character}b`,
  ]),
  ["an escape cut short", "/a%2"],
  ["a percent sign alone", "/100%"],
  ["an escape that is not hex", "/%zz"],
  ["an escaped NUL", "/a%00b"],
  ["an escape that is not UTF-8", "/%FF"],
  ["an overlong escape of a slash", "/%C0%AF"],
  ["an escaped surrogate", "/%ED%A0%80"],
  ["half an escaped character before a separator", "/%C3%2F"],
  ["a dot segment", "/a/./b"],
  ["a double-dot segment at the end", "/public/.."],
  ["escaped dots", "/public/%2e%2E/admin/x"],
  ["half-escaped dots", "/public/.%2e/admin/x"],
  ["a dot segment behind %2F", "/public/a%2F..%2Fadmin"],
  ["a dot segment behind %5C", "/public%5C..%5Cadmin"],
  ["a dot segment with parameters", "/public/..;x/admin"],
  ["a dot segment with escaped parameters", "/public/..%3Bx/admin"],
  ["dots around a dropped tab", "/public/.%09./admin"],
  ["dots that a URL parser knows once they are decoded", "/public/%252e%252E/admin"],
  ["a dot segment behind an escaped ?", "/public/..%3F/admin"],
  ["a dot segment in front of a ;", "/public/..;/admin"],
  ["a dot segment that only shows in full", "/public%2F.%09.%3Bx%5Cadmin"],
];

test.each(malformed)("refuses %s", (_why, path) => {
  expect(() => exactReadings(path)).toThrow(
    expect.objectContaining({ name: "GuardError", code: "path_malformed" }),
  );
});

/** So many whole segments of percent-encoded UTF-8 as fit. */
const words = (characters: number) =>
  `/${encodeURIComponent("größe-日本語 und mehr")}`
    .repeat(200)
    .slice(0, characters)
    .replace(/\/[^/]*$/, "");

test.each([
  ["8 KB of plain segments", "/segment".repeat(1000), 1],
  ["8 KB of words in UTF-8", words(8191), 2],
  ["8 KB of words and a last slash", `${words(8191)}/`, 4],
  ["4 KB of words, an escaped slash and a last one", `${words(4000)}/a%2Fb/`, 8],
  [
    "2 KB of words, an escaped slash, a question mark and a last slash",
    `${words(2000)}/a%2Fb%3F/`,
    10,
  ],
  [
    "2 KB of words, an escaped slash, a parameter and a last slash",
    `${words(2000)}/a%2Fb;v=1/`,
    16,
  ],
  ["nearly everything at once, but short", "/o/a%2Fb%2Fc%20d%3Fx%23y;v=1//z/", 38],
])("reads %s", (_why, path, count) => {
  expect(exactReadings(path)).toHaveLength(count);
});

test.each([
  ["8 KB of every habit", "/%61;p%2F%5C%09%3Bq//A".repeat(370)],
  ["2 KB of every habit", "/%61;p%2F%5C%09%3Bq//A".repeat(92)],
  ["a short path of every habit", "/%61;p%2F%5C%09%3Bq//A/%3F/"],
  ["8 KB of words, an escaped slash and a last one", `${words(8000)}/a%2Fb/`],
])("gives up on %s", (_why, path) => {
  expect(() => exactReadings(path)).toThrow(
    expect.objectContaining({ name: "GuardError", code: "path_ambiguous" }),
  );
});

const pieces = [
  "/",
  "a",
  "B",
  "%61",
  "%2F",
  "%2f",
  "%5C",
  "%09",
  "%0A",
  ";p",
  "%3B",
  ".",
  "%25",
  "%C3%A4",
];
const paths = fc
  .array(fc.constantFrom(...pieces), { maxLength: 12 })
  .map((chosen) => `/${chosen.join("")}`);

/** The readings; undefined where there are too many to look at. */
function readIfFew(path: string): readonly string[] | undefined {
  try {
    return exactReadings(path);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "path_ambiguous") return undefined;
    throw error;
  }
}

test("reads what URL parsers and full decoders make of a path", () => {
  let readable = 0;
  const withoutDots = paths.filter((path) => !hasDotSegment(path));
  fc.assert(
    fc.property(withoutDots, (path) => {
      const read = readIfFew(path);
      if (read === undefined) return;
      readable += 1;
      expect(read[0]).toBe(path);
      expect(new Set(read).size).toBe(read.length);
      expect(read.length).toBeLessThanOrEqual(64);
      expect(read).toContain(new URL(`https://example.com${path}`).pathname);
      expect(read).toContain(decodeURIComponent(path).replaceAll("\\", "/"));
    }),
    { numRuns: 2000 },
  );
  expect(readable).toBeGreaterThan(1000);
});

test("refuses dots that somebody reads as a dot segment", () => {
  fc.assert(
    fc.property(paths.filter(hasDotSegment), (path) => {
      expect(() => exactReadings(path)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^path_(?:malformed|ambiguous)$/) }),
      );
    }),
    { numRuns: 300 },
  );
});

/** The pieces above, with parameters and dropped characters taken out by other means than ours. */
function hasDotSegment(path: string): boolean {
  const cutBefore = path.split("/").map((segment) => segment.split(";")[0] ?? "");
  return [path, cutBefore.join("/")].some((text) =>
    [text, text.replaceAll(/%2F|%5C/gi, "/")].some((separated) =>
      separated
        .replaceAll(/%09|%0A/g, "")
        .split("/")
        .map((segment) => segment.split(/;|%3B/)[0])
        .some((segment) => segment === "." || segment === ".."),
    ),
  );
}
