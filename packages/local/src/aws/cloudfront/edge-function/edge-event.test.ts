import { describe, expect, test } from "vitest";

import { maxExposedBodyBytes, toEdgeEvent } from "./edge-event.ts";
import type { EdgeBody, EdgeEventSource, EdgeOrigin } from "./edge-event.ts";

const origin: EdgeOrigin = {
  customHeaders: {},
  domainName: "origin.example",
  keepaliveTimeout: 5,
  path: "",
  port: 443,
  protocol: "https",
  readTimeout: 30,
  sslProtocols: ["TLSv1.2"],
};

const source: EdgeEventSource = {
  distributionDomainName: "d111111abcdef8.cloudfront.net",
  distributionId: "EDFDVBD6EXAMPLE",
  requestId: "the-request-id==",
  clientIp: "2001:db8::7",
  method: "GET",
  path: "//a/../b%2Fc%zz",
  query: "b=1&a=%20+&b=&=&x[]",
  headers: [
    ["X-Own", "1"],
    ["Cookie", "a=1"],
    ["cookie", "b=2; c=3"],
    ["__proto__", "polluted"],
    ["X-Utf8", Buffer.from("é", "utf8").toString("latin1")],
    ["X-Latin1", "é"],
    ["Host", "origin.example"],
  ],
  origin,
  body: Buffer.alloc(0),
};

test.each([
  ["UTF-8", Buffer.from("/é日?q=é", "utf8").toString("latin1"), "/é日", "q=é"],
  ["ISO-8859-1", "/é?q=é", "/é", "q=é"],
])("bytes of an address that are %s reach a function as text", (_what, wire, uri, querystring) => {
  const [path = "", query = ""] = wire.split("?");
  const { request } = toEdgeEvent({ ...source, path, query }).Records[0].cf;
  expect([request.uri, request.querystring]).toEqual([uri, querystring]);
});

function bodyOf(method: string, body: Buffer): EdgeBody {
  return toEdgeEvent({ ...source, method, body }).Records[0].cf.request.body;
}

describe("the event of an origin request", () => {
  test("has exactly AWS's fields, the raw URL, and one entry per header line", () => {
    // Written as JSON, because `__proto__` in an object literal would not be a field.
    expect(JSON.parse(JSON.stringify(toEdgeEvent(source)))).toEqual(
      JSON.parse(`{
        "Records": [{"cf": {
          "config": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "origin-request",
            "requestId": "the-request-id=="
          },
          "request": {
            "clientIp": "2001:db8::7",
            "headers": {
              "x-own": [{"key": "X-Own", "value": "1"}],
              "cookie": [{"key": "Cookie", "value": "a=1"}, {"key": "cookie", "value": "b=2; c=3"}],
              "__proto__": [{"key": "__proto__", "value": "polluted"}],
              "x-utf8": [{"key": "X-Utf8", "value": "é"}],
              "x-latin1": [{"key": "X-Latin1", "value": "é"}],
              "host": [{"key": "Host", "value": "origin.example"}]
            },
            "method": "GET",
            "querystring": "b=1&a=%20+&b=&=&x[]",
            "uri": "//a/../b%2Fc%zz",
            "origin": {"custom": {
              "customHeaders": {},
              "domainName": "origin.example",
              "keepaliveTimeout": 5,
              "path": "",
              "port": 443,
              "protocol": "https",
              "readTimeout": 30,
              "sslProtocols": ["TLSv1.2"]
            }},
            "body": {"action": "read-only", "data": "", "encoding": "base64", "inputTruncated": false}
          }
        }}]
      }`),
    );
  });

  test.each(["POST", "PUT", "PATCH"])("shows the body of a %s in base64", (method) => {
    const data = Buffer.from([0x00, 0xff, 0x80, 0x0a]);
    expect(bodyOf(method, data)).toEqual({
      action: "read-only",
      data: "AP+ACg==",
      encoding: "base64",
      inputTruncated: false,
    });
  });

  test("hides the body of a DELETE", () => {
    expect(bodyOf("DELETE", Buffer.from("{}"))).toEqual({
      action: "read-only",
      data: "",
      encoding: "base64",
      inputTruncated: false,
    });
  });

  test("shows the first megabyte of a longer body and says so", () => {
    const body = Buffer.alloc(maxExposedBodyBytes + 1, "ab");
    const { data, ...rest } = bodyOf("POST", body);
    expect(rest).toEqual({ action: "read-only", encoding: "base64", inputTruncated: true });
    expect(Buffer.from(data, "base64").equals(body.subarray(0, 1_000_000))).toBe(true);
  });

  test("shows a body of exactly one megabyte whole", () => {
    const { data, inputTruncated } = bodyOf("POST", Buffer.alloc(1_000_000));
    expect([Buffer.from(data, "base64").length, inputTruncated]).toEqual([1_000_000, false]);
  });
});
