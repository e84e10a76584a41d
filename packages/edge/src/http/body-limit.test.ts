import { describe, expect, test } from "vitest";

import { requireBodyFits } from "./body-limit.ts";

const base64 = 4_718_592;
const text = 6_291_456;

const limits: [contentType: string | undefined, mostBytes: number][] = [
  ["application/octet-stream", base64],
  ["image/png", base64],
  ["multipart/form-data; boundary=x", base64],
  ["application/x-www-form-urlencoded", base64],
  ["application/jsonlines", base64],
  ["application/json-seq", base64],
  ["x-text/plain", base64],
  ["", base64],
  [undefined, base64],
  ["text/plain", text],
  ["Text/CSV; charset=utf-8", text],
  ["application/json", text],
  ["application/json ; charset=utf-8", text],
  ["APPLICATION/JSON;charset=utf-8", text],
  ["application/javascript", text],
  ["application/xml", text],
  ["application/vnd.api+json", text],
  ["application/atom+xml; charset=utf-8", text],
];

function check(announced: string, contentType?: string): unknown {
  const type = contentType === undefined ? {} : { "content-type": [contentType] };
  try {
    return requireBodyFits({ "content-length": [announced], ...type });
  } catch (error) {
    return error;
  }
}

describe("a body of Lambda's limit passes, and one byte more does not", () => {
  test.each(limits)("%s: %i bytes", (contentType, mostBytes) => {
    expect(check(String(mostBytes), contentType)).toBeUndefined();
    expect(check(String(mostBytes + 1), contentType)).toMatchObject({
      code: "body_too_large",
      message: expect.stringContaining(` ${mostBytes} bytes `),
    });
  });
});

test("what announces no length passes: CloudFront counts the bytes, and Lambda refuses", () => {
  expect(requireBodyFits({})).toBeUndefined();
  expect(requireBodyFits({ "transfer-encoding": ["chunked"] })).toBeUndefined();
  expect(requireBodyFits({ "content-length": [] })).toBeUndefined();
});

test("a length that is larger than any number is refused, and one that is none is not a length", () => {
  expect(check("9".repeat(400), "text/plain")).toMatchObject({ code: "body_too_large" });
  expect(check("many", "text/plain")).toBeUndefined();
});
