import { describe, expect, test } from "vitest";

import type { EdgeRequest } from "./edge-event.ts";
import { parseEdgeResult } from "./edge-result.ts";
import type { ForwardedRequest } from "./edge-result.ts";
import { InvalidEdgeResult } from "./invalid-edge-result.ts";

const request: EdgeRequest = {
  clientIp: "127.0.0.1",
  headers: {
    host: [{ key: "Host", value: "origin.example" }],
    via: [{ key: "Via", value: "1.1 edge.cloudfront.net (CloudFront)" }],
    "accept-encoding": [{ key: "accept-encoding", value: "gzip" }],
    "content-length": [{ key: "Content-Length", value: "3" }],
    cookie: [
      { key: "cookie", value: "a=1" },
      { key: "cookie", value: "b=2" },
    ],
  },
  method: "POST",
  querystring: "a=1",
  uri: "/a",
  origin: {
    custom: {
      customHeaders: {},
      domainName: "origin.example",
      keepaliveTimeout: 5,
      path: "",
      port: 443,
      protocol: "https",
      readTimeout: 30,
      sslProtocols: ["TLSv1.2"],
    },
  },
  body: { action: "read-only", data: "YWJj", encoding: "base64", inputTruncated: false },
};

function judge(result: unknown, given: EdgeRequest = request): string {
  const payload = Buffer.from(typeof result === "string" ? result : JSON.stringify(result));
  try {
    return parseEdgeResult(payload, given).kind;
  } catch (error) {
    if (error instanceof InvalidEdgeResult) return error.message;
    throw error;
  }
}

function refused(result: unknown): InvalidEdgeResult {
  try {
    parseEdgeResult(Buffer.from(JSON.stringify(result)), request);
  } catch (error) {
    if (error instanceof InvalidEdgeResult) return error;
    throw error;
  }
  throw new TypeError("the result was accepted");
}

function forwarded(changes: Record<string, unknown>): ForwardedRequest {
  const result = parseEdgeResult(Buffer.from(JSON.stringify({ ...request, ...changes })), request);
  if (result.kind !== "forward") throw new TypeError("the result is not a request");
  return result;
}

function withHeaders(changes: Record<string, unknown>): unknown {
  return { ...request, headers: { ...request.headers, ...changes } };
}

function withBody(changes: Record<string, unknown>): unknown {
  return { ...request, body: { ...request.body, ...changes } };
}

function without(name: keyof EdgeRequest): unknown {
  return Object.fromEntries(Object.entries(request).filter(([field]) => field !== name));
}

function withoutHeader(name: string): unknown {
  return {
    ...request,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([header]) => header !== name),
    ),
  };
}

const notAnObject =
  "The Lambda function returned invalid JSON: The JSON output must be an object type.";
const notParsable = "The Lambda function returned invalid JSON: The JSON output is not parsable.";
const readOnly =
  "The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.";
const blacklisted =
  "The Lambda function result failed validation: The function tried to add a blacklisted header.";
const body =
  "The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.";
const entry =
  "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.";
const uri =
  "The Lambda function result failed validation: The specified URI is in an invalid format.";
const header =
  "The Lambda function result failed validation: The function returned an invalid header.";
const field =
  "The Lambda function result failed validation: The function returned a field that is unknown, missing, or read-only.";
const originField = "The Lambda function returned an invalid origin configuration.";
const originHeader =
  "The Lambda function returned an invalid origin configuration: One or more HeaderName or HeaderValue values are invalid.";

const refusals: [why: string, result: unknown, message: string][] = [
  ["null", null, notAnObject],
  ["a string", '"ok"', notAnObject],
  ["a number", 5, notAnObject],
  ["an array", [request], notAnObject],
  ["nothing at all", "", notParsable],
  ["half a JSON document", '{"uri":', notParsable],
  ["the whole event", { Records: [{ cf: { request } }] }, entry],
  ["headers that are an array", { ...request, headers: [] }, entry],
  ["a header that is a string", withHeaders({ "x-own": "1" }), entry],
  ["a header that is one object", withHeaders({ "x-own": { key: "X-Own", value: "1" } }), entry],
  ["a header name that is not lower case", withHeaders({ "X-Own": [{ value: "1" }] }), header],
  ["a header name with a space", withHeaders({ "x own": [{ value: "1" }] }), header],
  ["a header entry that is a string", withHeaders({ "x-own": ["1"] }), header],
  [
    "a header value that is a number",
    withHeaders({ "x-own": [{ key: "X-Own", value: 1 }] }),
    header,
  ],
  ["a header without a value", withHeaders({ "x-own": [{ key: "X-Own" }] }), header],
  [
    "a header whose key is another name",
    withHeaders({ "x-own": [{ key: "Content-Length", value: "1" }] }),
    header,
  ],
  ["a header with CR and LF", withHeaders({ "x-own": [{ value: "a\r\nX-Evil: 1" }] }), header],
  ["a header with a NUL", withHeaders({ "x-own": [{ value: "a\u0000" }] }), header],
  ["two Hosts", withHeaders({ host: [{ value: "a.example" }, { value: "b.example" }] }), header],
  ["Connection", withHeaders({ connection: [{ value: "close" }] }), blacklisted],
  ["X-Amz-Cf-Id", withHeaders({ "x-amz-cf-id": [{ value: "x" }] }), blacklisted],
  ["X-Edge-Anything", withHeaders({ "x-edge-anything": [{ value: "x" }] }), blacklisted],
  ["X-Forwarded-Proto", withHeaders({ "x-forwarded-proto": [{ value: "https" }] }), blacklisted],
  ["Expect", withHeaders({ expect: [{ value: "100-continue" }] }), blacklisted],
  ["a changed Via", withHeaders({ via: [{ key: "Via", value: "1.1 me" }] }), readOnly],
  ["a deleted Via", withoutHeader("via"), readOnly],
  ["an emptied Via", withHeaders({ via: [] }), readOnly],
  [
    "a Via twice",
    withHeaders({ via: [...(request.headers["via"] ?? []), ...(request.headers["via"] ?? [])] }),
    readOnly,
  ],
  [
    "a Via with a key in another case",
    withHeaders({ via: [{ ...request.headers["via"]?.[0], key: "VIA" }] }),
    readOnly,
  ],
  [
    "a changed Content-Length",
    withHeaders({ "content-length": [{ key: "Content-Length", value: "4" }] }),
    readOnly,
  ],
  ["a deleted Accept-Encoding", withoutHeader("accept-encoding"), readOnly],
  [
    "an added Transfer-Encoding",
    withHeaders({ "transfer-encoding": [{ value: "chunked" }] }),
    readOnly,
  ],
  ["an added If-None-Match", withHeaders({ "if-none-match": [{ value: '"e"' }] }), readOnly],
  ["an added CDN-Loop", withHeaders({ "cdn-loop": [{ value: "x" }] }), readOnly],
  ["another method", { ...request, method: "GET" }, field],
  ["another clientIp", { ...request, clientIp: "10.0.0.1" }, field],
  ["no method", without("method"), field],
  ["an unknown field", { ...request, cookies: [] }, field],
  ["no uri", without("uri"), uri],
  ["a uri without its slash", { ...request, uri: "a" }, uri],
  ["a uri with a query", { ...request, uri: "/a?b" }, uri],
  ["a uri with a space", { ...request, uri: "/a b" }, uri],
  ["a uri with a line feed", { ...request, uri: "/a\nb" }, uri],
  ["a uri with a fragment", { ...request, uri: "/a#b" }, uri],
  ["no querystring", without("querystring"), uri],
  ["a querystring with a space", { ...request, querystring: "a b" }, uri],
  ["a querystring with a fragment", { ...request, querystring: "a#b" }, uri],
  ["a querystring with a control character", { ...request, querystring: "a\u007f" }, uri],
  [
    "8192 bytes of uri and querystring",
    { ...request, uri: `/${"é".repeat(4000)}`, querystring: "q".repeat(191) },
    uri,
  ],
  ["no origin", without("origin"), originField],
  ["an S3 origin", { ...request, origin: { s3: {} } }, originField],
  ["two origins", { ...request, origin: { ...request.origin, s3: {} } }, originField],
  [
    "a header in headers and in customHeaders",
    {
      ...request,
      headers: { ...request.headers, "x-own": [{ value: "1" }] },
      origin: {
        custom: { ...request.origin.custom, customHeaders: { "x-own": [{ value: "1" }] } },
      },
    },
    originHeader,
  ],
  ["no body", without("body"), body],
  ["a body that is a string", { ...request, body: "abc" }, body],
  ["an action that does not exist", withBody({ action: "append" }), body],
  ["an encoding that does not exist", withBody({ action: "replace", encoding: "hex" }), body],
  ["data that is not a string", withBody({ action: "replace", data: 5 }), body],
  ["base64 with a space", withBody({ action: "replace", data: "YW Jj" }), body],
  ["base64url", withBody({ action: "replace", data: "-_-_" }), body],
  ["base64 without its padding", withBody({ action: "replace", data: "YQ" }), body],
  [
    "a replaced body over 1 MB",
    withBody({ action: "replace", encoding: "text", data: "a".repeat(1_000_001) }),
    body,
  ],
  ["a changed inputTruncated", withBody({ inputTruncated: true }), field],
  ["an unknown field in the body", withBody({ size: 3 }), field],
];

test.each(refusals)("refuses %s", (_why, result, message) => {
  expect(judge(result)).toBe(message);
});

const accepted: [what: string, result: unknown][] = [
  ["the request as it was", request],
  [
    "a signature",
    withHeaders({
      authorization: [{ value: "AWS4-HMAC-SHA256 …" }],
      "x-amz-date": [{ value: "20260101T000000Z" }],
    }),
  ],
  ["another Host", withHeaders({ host: [{ value: "origin.example" }] })],
  ["no Cookie any more", withoutHeader("cookie")],
  [
    "a read-only header without its key, where CloudFront would write it",
    withHeaders({ via: [{ value: request.headers["via"]?.[0]?.value }] }),
  ],
  [
    "a replaced body of 1 MB",
    withBody({ action: "replace", encoding: "text", data: "a".repeat(1_000_000) }),
  ],
  [
    "8191 bytes of uri and querystring",
    { ...request, uri: `/${"é".repeat(4000)}`, querystring: "q".repeat(190) },
  ],
];

test.each(accepted)("takes %s", (_what, result) => {
  expect(judge(result)).toBe("forward");
});

test("refuses to give a GET a body", () => {
  const get = { ...request, method: "GET" };
  expect(judge({ ...get, body: { ...request.body, action: "replace" } }, get)).toBe(body);
});

describe("what is forwarded", () => {
  test("is the returned request: values in order, keys as given, or in title case without one", () => {
    const {
      headers,
      uri: path,
      querystring,
      replacement,
    } = forwarded({
      uri: "/b%2F",
      querystring: "c=d",
      headers: { ...request.headers, "x-amz-date": [{ value: "now" }] },
    });
    expect({ path, querystring, replacement }).toEqual({
      path: "/b%2F",
      querystring: "c=d",
      replacement: undefined,
    });
    expect(headers).toEqual([
      ["Host", "origin.example"],
      ["Via", "1.1 edge.cloudfront.net (CloudFront)"],
      ["accept-encoding", "gzip"],
      ["Content-Length", "3"],
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["X-Amz-Date", "now"],
    ]);
  });

  test("keeps the viewer's body when the action is read-only, whatever the data says", () => {
    expect(
      forwarded({ body: { ...request.body, data: "not base64 at all" } }).replacement,
    ).toBeUndefined();
  });

  test("takes a replaced body as base64 or as text", () => {
    const replaced = { ...request.body, action: "replace" };
    expect(forwarded({ body: { ...replaced, data: "AP+ACg==" } }).replacement).toEqual(
      Buffer.from([0x00, 0xff, 0x80, 0x0a]),
    );
    expect(forwarded({ body: { ...replaced, encoding: "text", data: "é" } }).replacement).toEqual(
      Buffer.from("é", "utf8"),
    );
  });
});

describe("the reason for the terminal", () => {
  test("names each read-only header with its lengths before and after, and no value", () => {
    const { headers } = request;
    const { reason, details } = refused({
      ...request,
      headers: { host: headers["host"], via: [{ value: "secret" }], "if-range": [{ value: "x" }] },
    });
    expect(reason).toBe(
      "read-only headers were added, deleted or changed: accept-encoding, content-length, if-range, via",
    );
    expect(details).toEqual([
      "accept-encoding: before 4 bytes, after none",
      "content-length: before 1 bytes, after none",
      "if-range: before none, after 1 bytes",
      "via: before 36 bytes, after 6 bytes",
    ]);
  });

  test("shows which character a header value may not hold, in the words of AWS's log", () => {
    expect(refused(withHeaders({ location: [{ key: "Location", value: "/a\r\nb" }] })).reason).toBe(
      "invalid character : '%0D' in header value, headerName : Location",
    );
  });
});
