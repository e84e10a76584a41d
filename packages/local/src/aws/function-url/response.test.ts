import { describe, expect, test } from "vitest";

import { MalformedResult } from "./response-head.ts";
import { toBufferedResponse } from "./response.ts";

const json = [["content-type", "application/json"]];
const responseTo = (result: unknown) => {
  const { body, ...head } = toBufferedResponse(Buffer.from(JSON.stringify(result)));
  return { ...head, body: body.toString("latin1") };
};

const bare: [value: unknown, body: string][] = [
  [{ hello: "world" }, '{"hello":"world"}'],
  [["hello", 3, true], '["hello",3,true]'],
  [3, "3"],
  [3.1, "3.1"],
  [true, "true"],
  ["hello", "hello"],
  [null, "null"],
  [{ body: "no status" }, '{"body":"no status"}'],
];
test.each(bare)("a result without statusCode is the body: %j", (value, body) => {
  expect(responseTo(value)).toEqual({ status: 200, headers: json, body });
});

const envelopes: [
  what: string,
  result: object,
  status: number,
  headers: string[][],
  body: string,
][] = [
  ["nothing else", { statusCode: 204 }, 204, json, ""],
  ["a status as text", { statusCode: "418", body: "I am a teapot" }, 418, json, "I am a teapot"],
  ["an object as body", { statusCode: 200, body: { a: [1, 2] } }, 200, json, '{"a":[1,2]}'],
  ["null as body", { statusCode: 200, headers: null, cookies: null, body: null }, 200, json, ""],
  [
    "base64",
    {
      statusCode: 200,
      headers: { "Content-Type": "image/png" },
      body: "/wBB",
      isBase64Encoded: true,
    },
    200,
    [["Content-Type", "image/png"]],
    "\xff\0A",
  ],
  ["UTF-8", { statusCode: 200, body: "é" }, 200, json, "\xc3\xa9"],
  [
    "headers of every kind, and cookies one per line",
    {
      statusCode: 200,
      headers: { "X-N": 1, "X-B": true, "set-cookie": "c=3" },
      cookies: ["a=1; Path=/", "b=2"],
    },
    200,
    [
      ...json,
      ["X-N", "1"],
      ["X-B", "true"],
      ["set-cookie", "c=3"],
      ["set-cookie", "a=1; Path=/"],
      ["set-cookie", "b=2"],
    ],
    "",
  ],
  [
    "text beyond ASCII, which goes out as UTF-8",
    { statusCode: 200, headers: { "X-Name": "caf\u00e9 \u2603" }, cookies: ["a=\u00e9"] },
    200,
    [...json, ["X-Name", "caf\xc3\xa9 \xe2\x98\x83"], ["set-cookie", "a=\xc3\xa9"]],
    "",
  ],
  [
    "headers that are Lambda's own",
    {
      statusCode: 401,
      headers: {
        "WWW-Authenticate": "Bearer",
        "Content-Length": "999",
        Connection: "close",
        Server: "me",
        "transfer-encoding": "chunked",
      },
    },
    401,
    [
      ...json,
      ["x-amzn-Remapped-www-authenticate", "Bearer"],
      ["x-amzn-Remapped-content-length", "999"],
      ["x-amzn-Remapped-connection", "close"],
      ["x-amzn-Remapped-server", "me"],
      ["x-amzn-Remapped-transfer-encoding", "chunked"],
    ],
    "",
  ],
];
test.each(envelopes)("an envelope with %s", (_what, result, status, headers, body) => {
  expect(responseTo(result)).toEqual({ status, headers, body });
});

describe("is malformed with", () => {
  const malformed: [what: string, payload: string, message: string][] = [
    ["no JSON", "{", "the result is not JSON"],
    ["nothing at all", "", "the result is not JSON"],
    ["a status out of range", '{"statusCode":600}', "statusCode 600 is not a final HTTP status"],
    ["a provisional status", '{"statusCode":100}', "statusCode 100 is not"],
    ["a fractional status", '{"statusCode":200.5}', "statusCode 200.5 is not"],
    ["a status that is a word", '{"statusCode":"OK"}', 'statusCode "OK" is not'],
    ["a status of null", '{"statusCode":null}', "statusCode null is not"],
    ["headers in an array", '{"statusCode":200,"headers":[]}', "headers is not an object"],
    [
      "a header of two values",
      '{"statusCode":200,"headers":{"a":["b"]}}',
      'the header "a" is not a single string',
    ],
    [
      "a header with a line break",
      '{"statusCode":200,"headers":{"a":"b\\r\\nc: s3cret"}}',
      'the header "a" cannot be sent',
    ],
    [
      "a header name with a blank",
      '{"statusCode":200,"headers":{"a b":"c"}}',
      'the header "a b" cannot',
    ],
    ["cookies as text", '{"statusCode":200,"cookies":"a=1"}', "cookies is not an array"],
    ["a cookie that is a number", '{"statusCode":200,"cookies":[1]}', "cookies holds something"],
    [
      "a cookie with a line break",
      '{"statusCode":200,"cookies":["a=s3cret\\n"]}',
      'the header "set-cookie" cannot',
    ],
    [
      "base64 that is none",
      '{"statusCode":200,"body":"é","isBase64Encoded":true}',
      "the body is not base64",
    ],
    [
      "base64 that is an object",
      '{"statusCode":200,"body":{},"isBase64Encoded":true}',
      "the body is not base64",
    ],
    [
      "more than 6 MB",
      `"${"a".repeat(6_291_555)}"`,
      "the result has 6291557 bytes; a buffered result may have at most 6291556",
    ],
  ];
  test.each(malformed)("%s", (_what, payload, message) => {
    const read = () => toBufferedResponse(Buffer.from(payload));
    expect(read).toThrow(MalformedResult);
    expect(read).toThrow(message);
    expect(read).not.toThrow("s3cret");
  });
});
