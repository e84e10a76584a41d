import { describe, expect, test } from "vitest";

import { parseGeneratedResponse } from "./generated-response.ts";
import { InvalidEdgeResult } from "./invalid-edge-result.ts";

function judge(result: Record<string, unknown>): string | undefined {
  try {
    parseGeneratedResponse(result, Buffer.byteLength(JSON.stringify(result)));
    return undefined;
  } catch (error) {
    if (error instanceof InvalidEdgeResult) return error.message;
    throw error;
  }
}

const status =
  "The Lambda function result failed validation: The function returned an invalid status.";
const body =
  "The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.";
const readOnly =
  "The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.";
const blacklisted =
  "The Lambda function result failed validation: The function tried to add a blacklisted header.";

const refusals: [why: string, result: Record<string, unknown>, message: string][] = [
  ["a status that is a number", { status: 401 }, status],
  ["status 199", { status: "199" }, status],
  ["status 600", { status: "600" }, status],
  ["a status with a space", { status: "200 " }, status],
  [
    "a statusDescription of two lines",
    { status: "200", statusDescription: "OK\r\nX-Evil: 1" },
    status,
  ],
  ["Content-Length", { status: "200", headers: { "content-length": [{ value: "0" }] } }, readOnly],
  [
    "Transfer-Encoding",
    { status: "200", headers: { "transfer-encoding": [{ value: "chunked" }] } },
    readOnly,
  ],
  ["Via", { status: "200", headers: { via: [{ value: "1.1 me" }] } }, readOnly],
  ["Connection", { status: "200", headers: { connection: [{ value: "close" }] } }, blacklisted],
  ["X-Cache", { status: "200", headers: { "x-cache": [{ value: "Hit" }] } }, blacklisted],
  ["a body that is an object", { status: "200", body: {} }, body],
  [
    "a body that is not the base64 it claims to be",
    { status: "200", body: "é", bodyEncoding: "base64" },
    body,
  ],
  ["a bodyEncoding that does not exist", { status: "200", body: "", bodyEncoding: "hex" }, body],
  ["a 204 with a body", { status: "204", body: "x" }, body],
  ["a 304 with a body", { status: "304", body: "x" }, body],
  [
    "an unknown field",
    { status: "200", statusCode: 200 },
    "The Lambda function result failed validation: The function returned a field that is unknown, missing, or read-only.",
  ],
];

test.each(refusals)("refuses %s", (_why, result, message) => {
  expect(judge(result)).toBe(message);
});

describe("the size limit", () => {
  const overhead = Buffer.byteLength(JSON.stringify({ status: "200", body: "" }));

  test("counts the whole JSON: one megabyte passes", () => {
    expect(judge({ status: "200", body: "a".repeat(1_048_576 - overhead) })).toBeUndefined();
  });

  test("counts the whole JSON: one byte more does not", () => {
    expect(judge({ status: "200", body: "a".repeat(1_048_577 - overhead) })).toBe(body);
  });

  test("is told at the terminal in AWS's words", () => {
    expect(() => parseGeneratedResponse({ status: "200" }, 1_054_968)).toThrow(
      expect.objectContaining({
        reason: expect.stringContaining(
          "the length of the body size and header was 1054968 bytes which exceeded the CloudFront limit of 1048576 bytes",
        ),
      }),
    );
  });
});

describe("a generated response", () => {
  test("needs nothing but a status", () => {
    expect(parseGeneratedResponse({ status: "401" }, 16)).toEqual({
      status: 401,
      statusDescription: "Unauthorized",
      headers: [],
      body: Buffer.alloc(0),
    });
  });

  test("has its headers in order, its own reason phrase, and a base64 body decoded", () => {
    const headers = {
      "set-cookie": [{ value: "a=1" }, { key: "set-cookie", value: "b=2" }],
      "content-encoding": [{ value: "gzip" }],
    };
    const result = {
      status: "200",
      statusDescription: "Fine",
      headers,
      body: "AP8=",
      bodyEncoding: "base64",
    };
    expect(parseGeneratedResponse(result, 100)).toEqual({
      status: 200,
      statusDescription: "Fine",
      headers: [
        ["Set-Cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["Content-Encoding", "gzip"],
      ],
      body: Buffer.from([0x00, 0xff]),
    });
  });
});
