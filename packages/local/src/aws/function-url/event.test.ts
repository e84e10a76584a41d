import { describe, expect, test } from "vitest";

import { toFunctionUrlEvent } from "./event.ts";
import type { EventInput, FunctionUrlEvent } from "./event.ts";
import { edge, nowMs, urlHost } from "../../../test/function-url.ts";

function eventOf(
  request: Partial<EventInput["request"]>,
  rest: Partial<EventInput> = {},
): FunctionUrlEvent {
  return toFunctionUrlEvent({
    request: { method: "GET", target: "/", headers: [], body: Buffer.alloc(0), ...request },
    identity: edge,
    host: urlHost,
    requestId: "request-1",
    traceHeader: "Root=1-00000000-000000000000000000000000",
    peer: "127.0.0.1",
    httpVersion: "1.1",
    tls: { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" },
    nowMs,
    ...rest,
  });
}

/** As the function gets it: undefined keys are gone. */
const asJson = (event: FunctionUrlEvent): unknown => JSON.parse(JSON.stringify(event));

const added = {
  "x-forwarded-for": "127.0.0.1",
  "x-forwarded-port": "443",
  "x-forwarded-proto": "https",
  "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
  "x-amzn-tls-version": "TLSv1.3",
  "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
};
const requestContext = {
  accountId: "111122223333",
  apiId: "abcdefghijklmnopqrstuvwxyz012345",
  authorizer: {
    iam: {
      accessKey: edge.accessKeyId,
      accountId: "111122223333",
      callerId: edge.userId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: "arn:aws:sts::111122223333:assumed-role/app-dev-guard/us-east-1.guard",
      userId: edge.userId,
    },
  },
  domainName: urlHost,
  domainPrefix: "abcdefghijklmnopqrstuvwxyz012345",
  http: { method: "GET", path: "/", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
  requestId: "request-1",
  routeKey: "$default",
  stage: "$default",
  time: "22/Nov/2026:12:00:00 +0000",
  timeEpoch: nowMs,
};

test("the smallest request has no key that would be null", () => {
  expect(asJson(eventOf({}))).toEqual({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/",
    rawQueryString: "",
    headers: added,
    requestContext,
    isBase64Encoded: false,
  });
});

test("a full request has every key", () => {
  const event = eventOf({
    method: "POST",
    target: "/pa2%Fth/1?q=query&multiQuery=foo&multiQuery=%2Fbar&empty",
    headers: [
      ["Host", urlHost],
      ["User-Agent", "test/echo"],
      ["Content-Type", "application/json"],
      ["Content-Length", "14"],
      ["Cookie", "a=1; b=2"],
      ["cookie", "c=3;"],
      ["X-Two", "1"],
      ["x-two", "2"],
      ["Connection", "keep-alive"],
      ["Authorization", "AWS4-HMAC-SHA256 Credential=…"],
      ["x-amz-date", "20261122T120000Z"],
      ["x-amz-security-token", "token"],
      ["x-amz-content-sha256", "hash"],
      ["via", "2.0 abc.cloudfront.net (CloudFront)"],
      ["x-forwarded-for", "203.0.113.7"],
      ["x-forwarded-proto", "http"],
      ["x-forwarded-port", "80"],
    ],
    body: Buffer.from('{"foo": "bar"}'),
  });
  expect(asJson(event)).toEqual({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/pa2%Fth/1",
    rawQueryString: "q=query&multiQuery=foo&multiQuery=%2Fbar&empty",
    cookies: ["a=1", "b=2", "c=3"],
    headers: {
      ...added,
      host: urlHost,
      cookie: "a=1; b=2; c=3;",
      "user-agent": "test/echo",
      "content-type": "application/json",
      "content-length": "14",
      "x-two": "1,2",
      "x-amz-date": "20261122T120000Z",
      "x-amz-security-token": "token",
      "x-amz-content-sha256": "hash",
      via: "2.0 abc.cloudfront.net (CloudFront)",
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
    },
    queryStringParameters: { q: "query", multiQuery: "foo,/bar", empty: "" },
    requestContext: {
      ...requestContext,
      http: {
        method: "POST",
        path: "/pa2%Fth/1",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "test/echo",
      },
    },
    body: '{"foo": "bar"}',
    isBase64Encoded: false,
  });
});

test.each([
  ["/capture/space%20value", "/capture/space value"],
  ["/caf%C3%A9%2Fx", "/café/x"],
  ["/pa2%Fth/1", "/pa2%Fth/1"],
  ["/%zz/%41%", "/%zz/A%"],
  ["/%FF/%41", "/%FF/A"],
  ["/a+b", "/a+b"],
])("the path %s is %s in requestContext.http, and raw in rawPath", (target, path) => {
  expect(eventOf({ target })).toMatchObject({
    rawPath: target,
    requestContext: { http: { path } },
  });
});

test("what is percent-encoded stays so in the raw path and the raw query", () => {
  expect(eventOf({ target: "/a%2Fb//../c%20d?x=%41&y=a%3Fb?c=d" })).toMatchObject({
    rawPath: "/a%2Fb//../c%20d",
    rawQueryString: "x=%41&y=a%3Fb?c=d",
    queryStringParameters: { x: "A", y: "a?b?c=d" },
    requestContext: { http: { path: "/a/b//../c d" } },
  });
});

test("an escape that is none stays as it is in the decoded query", () => {
  expect(eventOf({ target: "/?a=%zz&b=%FF" }).queryStringParameters).toEqual({
    a: "%zz",
    b: "%FF",
  });
});

test("a header value in UTF-8 arrives as the text it is, and not as its bytes one by one", () => {
  const asReceived = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  const { headers, cookies } = eventOf({
    headers: [
      ["x-name", asReceived("café \u{1f680}")],
      ["x-latin", "caf\u00e9"],
      ["cookie", asReceived("a=é; b=1")],
    ],
  });
  expect([headers["x-name"], headers["x-latin"], cookies]).toEqual([
    "café \u{1f680}",
    "café",
    ["a=é", "b=1"],
  ]);
});

test("names that every object has are ordinary names", () => {
  const { headers, queryStringParameters } = eventOf({
    target: "/?__proto__=1&toString=2",
    headers: [["__proto__", "3"]],
  });
  expect(Object.entries(queryStringParameters ?? {})).toEqual([
    ["__proto__", "1"],
    ["toString", "2"],
  ]);
  expect(Object.entries(headers)).toContainEqual(["__proto__", "3"]);
});

describe("a body", () => {
  const bytes = Buffer.from("a=b");
  const rows: [contentType: string | undefined, isBase64Encoded: boolean][] = [
    ["text/plain", false],
    ["text/html; charset=utf-8", false],
    ["application/json", false],
    ["Application/JSON;charset=utf-8", false],
    ["application/javascript", false],
    ["application/xml", false],
    ["application/x-www-form-urlencoded", true],
    ["multipart/form-data; boundary=x", true],
    ["application/problem+json", true],
    ["application/octet-stream", true],
    ["image/png", true],
    [undefined, true],
  ];
  test.each(rows)("of type %s: base64 is %s", (contentType, isBase64Encoded) => {
    const headers: [string, string][] =
      contentType === undefined ? [] : [["content-type", contentType]];
    const event = eventOf({ headers, body: bytes });
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(event.body).toBe(isBase64Encoded ? "YT1i" : "a=b");
  });

  test("that calls itself text and is none survives as base64", () => {
    const event = eventOf({
      headers: [["content-type", "text/plain"]],
      body: Buffer.from([0xff, 0x00]),
    });
    expect([event.isBase64Encoded, event.body]).toEqual([true, "/wA="]);
  });
});
