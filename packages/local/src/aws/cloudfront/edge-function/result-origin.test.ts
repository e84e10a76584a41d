import { expect, test } from "vitest";

import type { EdgeOrigin } from "./edge-event.ts";
import { InvalidEdgeResult } from "./invalid-edge-result.ts";
import { parseResultOrigin } from "./result-origin.ts";

const origin: EdgeOrigin = {
  customHeaders: {},
  domainName: "origin.example",
  keepaliveTimeout: 5,
  path: "",
  port: 443,
  protocol: "https",
  // Outside the documented range: unchanged, it is fine.
  readTimeout: 120,
  sslProtocols: ["TLSv1.2"],
};

function reasonFor(changes: Record<string, unknown>): string | undefined {
  try {
    parseResultOrigin({ custom: { ...origin, ...changes } }, origin);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidEdgeResult) return error.reason;
    throw error;
  }
}

const invalid: [field: string, value: unknown][] = [
  ["domainName", "10.0.0.1"],
  ["domainName", "origin.example:443"],
  ["domainName", `${"a".repeat(250)}.com`],
  ["domainName", ""],
  ["keepaliveTimeout", 0],
  ["keepaliveTimeout", 61],
  ["path", "a"],
  ["path", "/a/"],
  ["path", "/"],
  ["path", "/a b"],
  ["path", `/${"a".repeat(255)}`],
  ["port", 81],
  ["port", 1023],
  ["port", 65_536],
  ["port", "443"],
  ["protocol", "ftp"],
  ["readTimeout", 3],
  ["readTimeout", 61],
  ["readTimeout", 5.5],
  ["sslProtocols", []],
  ["sslProtocols", ["TLSv1.3"]],
  ["connectionAttempts", 3],
];

test.each(invalid)("refuses %s: %j", (field, value) => {
  expect(reasonFor({ [field]: value })).toBe(
    `origin.custom.${field} is not valid, missing or unknown`,
  );
});

test("refuses an origin with a field missing", () => {
  expect(() => parseResultOrigin({ custom: { ...origin, port: undefined } }, origin)).toThrow(
    "The Lambda function returned an invalid origin configuration.",
  );
});

const valid: [field: string, value: unknown][] = [
  ["domainName", "other.example"],
  ["keepaliveTimeout", 60],
  ["path", "/a/b"],
  ["port", 80],
  ["port", 1024],
  ["protocol", "http"],
  ["readTimeout", 4],
  ["sslProtocols", ["TLSv1.1", "SSLv3"]],
];

test.each(valid)("takes %s: %j", (field, value) => {
  expect(parseResultOrigin({ custom: { ...origin, [field]: value } }, origin)).toEqual({
    ...origin,
    customHeaders: [],
    [field]: value,
  });
});

test.each([
  "x-amz-date",
  "x-edge-a",
  "cookie",
  "host",
  "if-match",
  "proxy-a",
  "range",
  "via",
  "x-real-ip",
])("refuses %s as a custom header, so a signature cannot travel as one", (name) => {
  expect(() =>
    parseResultOrigin(
      { custom: { ...origin, customHeaders: { [name]: [{ value: "1" }] } } },
      origin,
    ),
  ).toThrow(
    "The Lambda function returned an invalid origin configuration: One or more HeaderName or HeaderValue values are invalid.",
  );
});

/** `count` headers whose names and values are this long. */
function customHeadersOf(count: number, nameLength: number, valueLength: number) {
  const names = Array.from({ length: count }, (_, index) => `x${index}-`.padEnd(nameLength, "a"));
  return Object.fromEntries(names.map((name) => [name, [{ value: "v".repeat(valueLength) }]]));
}

const customHeaderLimits: [what: string, found: number, limit: number, customHeaders: object][] = [
  ["custom headers", 31, 30, customHeadersOf(31, 4, 1)],
  ["custom headers", 31, 30, { "x-a": Array.from({ length: 31 }, () => ({ value: "1" })) }],
  ["characters in the name of a custom header", 257, 256, customHeadersOf(1, 257, 1)],
  ["characters in the value of a custom header", 1784, 1783, customHeadersOf(1, 4, 1784)],
  [
    "characters in the names and values of its custom headers",
    10_241,
    10_240,
    { ...customHeadersOf(10, 24, 1000), y: [{ value: "" }] },
  ],
];

test.each(customHeaderLimits)("refuses %s: %i, above %i", (what, found, limit, customHeaders) => {
  expect(reasonFor({ customHeaders })).toBe(
    `the returned origin has ${found} ${what}; CloudFront takes at most ${limit}`,
  );
});

test.each([
  ["count", customHeadersOf(30, 4, 1)],
  ["length of a name", customHeadersOf(1, 256, 1)],
  ["length of a value", customHeadersOf(1, 4, 1783)],
  ["length of all together", customHeadersOf(10, 24, 1000)],
])("takes custom headers up to the limit of the %s", (_what, customHeaders) => {
  expect(reasonFor({ customHeaders })).toBe(undefined);
});

test("takes custom headers of other names", () => {
  const customHeaders = { "x-own": [{ value: "1" }] };
  expect(parseResultOrigin({ custom: { ...origin, customHeaders } }, origin).customHeaders).toEqual(
    [["X-Own", "1"]],
  );
});
