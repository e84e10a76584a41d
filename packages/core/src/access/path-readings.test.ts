import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { exactReadings, pathReadings } from "./path-readings.ts";

const readings: [why: string, path: string, readings: string[]][] = [
  ["the root", "/", ["/"]],
  ["a plain path", "/echo/a.b/c_d~e", ["/echo/a.b/c_d~e"]],
  ["every character that pchar has unescaped", "/-._~!$&'()*+,=:@/x", ["/-._~!$&'()*+,=:@/x"]],
  ["a trailing slash", "/echo/", ["/echo/", "/echo"]],
  ["three dots, which are a name", "/.../..a/.b", ["/.../..a/.b"]],
  ["upper case", "/ADMIN/x", ["/ADMIN/x", "/admin/x"]],
  ["an escape", "/%61dmin/x", ["/%61dmin/x", "/admin/x"]],
  ["an escaped percent sign, decoded once", "/%2561dmin", ["/%2561dmin", "/%61dmin"]],
  ["UTF-8 escapes", "/%C3%84", ["/%C3%84", "/Ä", "/%c3%84", "/ä"]],
  ["%2F", "/admin%2Fx", ["/admin%2Fx", "/admin/x", "/admin%2fx"]],
  [
    "%252F, which is no separator",
    "/admin%252Fx",
    ["/admin%252Fx", "/admin%2Fx", "/admin%252fx", "/admin%2fx"],
  ],
  ["%5C", "/admin%5Cx", ["/admin%5Cx", "/admin/x", "/admin%5cx"]],
  ["a segment's parameters", "/admin;x=1/y", ["/admin;x=1/y", "/admin/y"]],
  [
    "escaped parameters, which are cut after decoding",
    "/admin%3Bx/y",
    ["/admin%3Bx/y", "/admin;x/y", "/admin/y", "/admin%3bx/y"],
  ],
  [
    "parameters that end at a separator only for some",
    "/a;x%2Fy",
    ["/a;x%2Fy", "/a", "/a;x/y", "/a/y", "/a;x%2fy"],
  ],
  ["%09", "/ad%09min/x", ["/ad%09min/x", "/admin/x", "/ad\tmin/x"]],
  ["%0D%0a", "/ad%0D%0amin", ["/ad%0D%0amin", "/admin", "/ad\r\nmin", "/ad%0d%0amin"]],
  ["an empty segment", "//admin//x", ["//admin//x", "/admin/x"]],
  ["an empty segment behind parameters", "/;a/admin", ["/;a/admin", "//admin", "/admin"]],
];

test.each(readings)("reads %s in exactly these ways", (_why, path, expected) => {
  expect(pathReadings(path)).toEqual(expected);
});

test("combines what each reader may do", () => {
  expect(pathReadings("//AD%09min%2F%78;y")).toContain("/admin/x");
});

test("keeps the case of exact readings", () => {
  expect(exactReadings("/ADMIN%2Fx")).toEqual(["/ADMIN%2Fx", "/ADMIN/x"]);
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
  ["a dot segment that only shows in full", "/public%2F.%09.%3Bx%5Cadmin"],
];

describe.each([
  ["pathReadings", pathReadings],
  ["exactReadings", exactReadings],
])("%s", (_name, read) => {
  test.each(malformed)("refuses %s", (_why, path) => {
    expect(() => read(path)).toThrow(
      expect.objectContaining({ name: "GuardError", code: "path_malformed" }),
    );
  });
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

test("reads what URL parsers and full decoders make of a path", () => {
  const withoutDots = paths.filter((path) => !hasDotSegment(path));
  fc.assert(
    fc.property(withoutDots, (path) => {
      const read = pathReadings(path);
      expect(read[0]).toBe(path);
      expect(new Set(read).size).toBe(read.length);
      expect(read).toContain(new URL(`https://example.com${path}`).pathname);
      expect(read).toContain(decodeURIComponent(path).replaceAll("\\", "/"));
      expect(read).toContain(decodeURIComponent(path).replaceAll("\\", "/").toLowerCase());
    }),
    { numRuns: 2000 },
  );
});

test("refuses dots that somebody reads as a dot segment", () => {
  fc.assert(
    fc.property(paths.filter(hasDotSegment), (path) => {
      expect(() => pathReadings(path)).toThrow(expect.objectContaining({ code: "path_malformed" }));
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
