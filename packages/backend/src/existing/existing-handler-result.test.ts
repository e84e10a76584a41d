import { expect, test } from "vitest";

import { fromHandlerResult } from "./existing-handler-result.ts";

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);

async function read(result: unknown) {
  const response = fromHandlerResult(result);
  return {
    status: response.status,
    headers: [...response.headers],
    body: Buffer.from(await response.arrayBuffer()).toString("latin1"),
  };
}

const json = ["content-type", "application/json"];

const bare: [what: string, result: unknown, body: string][] = [
  ["an object", { hello: "world", left: undefined }, '{"hello":"world"}'],
  ["a list", ["hello", 3, true], '["hello",3,true]'],
  ["a number", 3.1, "3.1"],
  ["a boolean", true, "true"],
  ["null", null, "null"],
  ["a text, without quotes", "hello", "hello"],
  ["a text that is JSON", '{"a":1}', '{"a":1}'],
  ["an empty text", "", ""],
  [
    "an object without status, whatever else it has",
    { body: "x", cookies: [] },
    '{"body":"x","cookies":[]}',
  ],
  ["an object whose status JSON leaves out", { statusCode: undefined, body: "x" }, '{"body":"x"}'],
];

test.each(bare)("answers 200 with %s", async (_what, result, body) => {
  expect(await read(result)).toEqual({
    status: 200,
    headers: [json],
    body,
  });
});

const structured: [what: string, result: object, status: number, headers: unknown, body: string][] =
  [
    ["a status alone", { statusCode: 404 }, 404, [json], ""],
    ["a status as text", { statusCode: "418", body: "x" }, 418, [json], "x"],
    ["a body of null", { statusCode: 200, body: null }, 200, [json], ""],
    ["a body that is an object", { statusCode: 201, body: { a: [1] } }, 201, [json], '{"a":[1]}'],
    [
      "its own content type",
      { statusCode: 200, headers: { "Content-Type": "text/csv" }, body: "ä" },
      200,
      [["content-type", "text/csv"]],
      "\u00c3\u00a4",
    ],
    [
      "numbers and booleans as headers",
      { statusCode: 200, headers: { "x-a": 1, "x-b": false, "x-c": undefined } },
      200,
      [json, ["x-a", "1"], ["x-b", "false"]],
      "",
    ],
    [
      "repeated cookies",
      { statusCode: 302, headers: { location: "/a" }, cookies: ["a=1; Path=/", "b=2, 3", "a=1"] },
      302,
      [
        json,
        ["location", "/a"],
        ["set-cookie", "a=1; Path=/"],
        ["set-cookie", "b=2, 3"],
        ["set-cookie", "a=1"],
      ],
      "",
    ],
    [
      "a cookie as a header beside the others",
      { statusCode: 200, headers: { "Set-Cookie": "a=1" }, cookies: ["b=2"] },
      200,
      [json, ["set-cookie", "a=1"], ["set-cookie", "b=2"]],
      "",
    ],
    [
      "binary bytes",
      {
        statusCode: 200,
        headers: { "content-type": "image/png" },
        body: Buffer.from(everyByte).toString("base64"),
        isBase64Encoded: true,
      },
      200,
      [["content-type", "image/png"]],
      Buffer.from(everyByte).toString("latin1"),
    ],
    [
      "a text that looks like base64 and is none",
      { statusCode: 200, body: "cGxhaW4=", isBase64Encoded: false },
      200,
      [json],
      "cGxhaW4=",
    ],
    [
      "lists of several values, which only API Gateway's format 1.0 has, left out",
      { statusCode: 200, multiValueHeaders: { "x-a": ["1", "2"] } },
      200,
      [json],
      "",
    ],
    ["204 without body", { statusCode: 204, body: "" }, 204, [], ""],
    ["205 without body", { statusCode: 205, body: "" }, 205, [], ""],
    ["304 without the body it has", { statusCode: 304, body: "stale" }, 304, [], ""],
  ];

test.each(structured)("sends %s", async (_what, result, status, headers, body) => {
  expect(await read(result)).toEqual({ status, headers, body });
});

const unusable: [what: string, result: unknown, part: string][] = [
  ["nothing", undefined, "nothing"],
  ["a function", () => {}, "body"],
  ["a status that is no number", { statusCode: "ok" }, "statusCode"],
  ["a status of null", { statusCode: null }, "statusCode"],
  ["a status with a fraction", { statusCode: 200.5 }, "statusCode"],
  ["an interim status", { statusCode: 101 }, "statusCode"],
  ["a status over 599", { statusCode: 600 }, "statusCode"],
  ["headers as a list", { statusCode: 200, headers: ["a: b"] }, "headers"],
  ["a header of several values", { statusCode: 200, headers: { "x-a": ["1", "2"] } }, "headers"],
  [
    "a header that breaks its line",
    { statusCode: 200, headers: { "x-a": "1\r\nb: 2" } },
    "headers",
  ],
  ["a header name with a space", { statusCode: 200, headers: { "x a": "1" } }, "headers"],
  ["a header outside Latin-1", { statusCode: 200, headers: { "x-a": "日" } }, "headers"],
  ["cookies as one text", { statusCode: 200, cookies: "a=1" }, "cookies"],
  ["a cookie that is no text", { statusCode: 200, cookies: [{ a: 1 }] }, "cookies"],
  ["a cookie that breaks its line", { statusCode: 200, cookies: ["a=1\r\nb: 2"] }, "cookies"],
  ["base64 that is no text", { statusCode: 200, body: {}, isBase64Encoded: true }, "body"],
  ["a flag that is no boolean", { statusCode: 200, isBase64Encoded: "true" }, "isBase64Encoded"],
];

test.each(unusable)("does not send %s", (_what, result, part) => {
  expect(() => fromHandlerResult(result)).toThrow(
    expect.objectContaining({
      name: `UnusableResult: ${part}`,
      message: `the handler's result cannot be sent: ${part}`,
    }),
  );
});
