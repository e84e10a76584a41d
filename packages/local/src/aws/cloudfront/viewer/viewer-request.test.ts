import { cacheBehavior } from "@sst-gatehouse/blueprint/cache-behavior";
import { describe, expect, test } from "vitest";

import type { HeaderLine } from "../header-lines.ts";
import { refuseViewerRequest } from "./viewer-request.ts";
import type { ViewerRequest } from "./viewer-request.ts";

const host: HeaderLine = ["Host", "app.localhost"];

function viewer(changes: Partial<ViewerRequest>): ViewerRequest {
  return {
    method: "GET",
    path: "/",
    query: "",
    httpVersion: "1.1",
    address: "127.0.0.1",
    port: 50_000,
    headers: [host],
    ...changes,
  };
}

function outcome(changes: Partial<ViewerRequest>): [status: number, message: string] | undefined {
  const refusal = refuseViewerRequest(viewer(changes), cacheBehavior);
  return refusal === undefined ? undefined : [refusal.status, refusal.message];
}

const notAllowed =
  "This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests.";
// "https://" + "app.localhost"
const urlOverhead = 21;

const refusals: [why: string, request: Partial<ViewerRequest>, expected: [number, string]][] = [
  ["a method outside the behaviour", { method: "TRACE" }, [403, notAllowed]],
  ["a method in another case", { method: "get" }, [403, notAllowed]],
  ["a GET with a body", { headers: [host, ["Content-Length", "2"]] }, [403, "Bad request."]],
  [
    "a HEAD with a body",
    { method: "HEAD", headers: [host, ["content-length", "2"]] },
    [403, "Bad request."],
  ],
  [
    "an OPTIONS with a body",
    { method: "OPTIONS", headers: [host, ["Content-Length", "1"]] },
    [403, "Bad request."],
  ],
  ["a chunked GET", { headers: [host, ["Transfer-Encoding", "chunked"]] }, [403, "Bad request."]],
  ["an absolute target", { path: "http://evil.example/" }, [400, "Bad request."]],
  ["OPTIONS *", { method: "OPTIONS", path: "*" }, [400, "Bad request."]],
  [
    "a URL of 8193 bytes",
    { path: `/${"a".repeat(8193 - urlOverhead - 1)}` },
    [413, "Bad request."],
  ],
  [
    "a query that makes the URL too long",
    { query: "q".repeat(8193 - urlOverhead - 2) },
    [413, "Bad request."],
  ],
  [
    "20 481 bytes of head",
    { headers: [host, ["X", "x".repeat(20_481 - 3 - 22 - 21 - 5)]] },
    [413, "Bad request."],
  ],
  [
    "2000 header lines",
    { headers: Array.from({ length: 2000 }, () => ["a", ""] as const) },
    [413, "Bad request."],
  ],
];

test.each(refusals)("refuses %s", (_why, request, expected) => {
  expect(outcome(request)).toEqual(expected);
});

const accepted: [what: string, request: Partial<ViewerRequest>][] = [
  ["a GET that says it has no body", { headers: [host, ["Content-Length", "0"]] }],
  ["a POST with a body", { method: "POST", headers: [host, ["Content-Length", "2"]] }],
  ["a DELETE with a body", { method: "DELETE", headers: [host, ["Content-Length", "2"]] }],
  ["a URL of 8192 bytes", { path: `/${"a".repeat(8192 - urlOverhead - 1)}` }],
  ["20 480 bytes of head", { headers: [host, ["X", "x".repeat(20_480 - 3 - 22 - 21 - 5)]] }],
  ["a path that only a guard can judge", { path: "//a/../b%zz#c\\" }],
];

test.each(accepted)("lets %s through", (_what, request) => {
  expect(outcome(request)).toBeUndefined();
});

describe("a behaviour for reading only", () => {
  test("names the methods it allows", () => {
    const behavior = { ...cacheBehavior, allowedMethods: ["GET", "HEAD"] };
    expect(refuseViewerRequest(viewer({ method: "POST" }), behavior)?.reason).toBe(
      "the behaviour does not allow POST: it allows GET, HEAD",
    );
  });
});
