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

test("takes custom headers of other names", () => {
  const customHeaders = { "x-own": [{ value: "1" }] };
  expect(parseResultOrigin({ custom: { ...origin, customHeaders } }, origin).customHeaders).toEqual(
    [["X-Own", "1"]],
  );
});
