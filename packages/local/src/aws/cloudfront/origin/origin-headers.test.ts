import {
  ALL_VIEWER_EXCEPT_HOST_HEADER,
  CACHING_DISABLED,
  cacheBehavior,
} from "@sst-gatehouse/blueprint/cache-behavior";
import { describe, expect, test } from "vitest";

import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { toOriginHeaders } from "./origin-headers.ts";
import { findPolicies } from "../policies.ts";

const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const USER_AGENT_REFERER = "acba4595-bd28-49b8-b9fe-13317c0390fa";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

interface Options {
  readonly method?: string;
  readonly cachePolicyId?: string;
  readonly originRequestPolicyId?: string;
  readonly cachedMethods?: readonly string[];
}

function atOrigin(headers: readonly HeaderLine[], options: Options = {}): HeaderLine[] {
  const {
    method = "GET",
    cachePolicyId = CACHING_DISABLED,
    cachedMethods = ["GET", "HEAD"],
  } = options;
  const { originRequestPolicyId = ALL_VIEWER_EXCEPT_HOST_HEADER } = options;
  const viewer = { httpVersion: "1.1", address: "203.0.113.7", port: 50_000 };
  const request = { method, path: "/", query: "", ...viewer };
  return toOriginHeaders(
    { ...request, headers: [["Host", "app.localhost"], ...headers] },
    {
      policies: findPolicies({ ...cacheBehavior, cachePolicyId, originRequestPolicyId }),
      cachedMethods,
      originDomainName: "origin.example",
      viaHost: "edge.cloudfront.net",
    },
  );
}

/** Without what CloudFront tells of the viewer. */
function withoutViewer(lines: readonly HeaderLine[]): HeaderLine[] {
  return lines.filter(([name]) => !name.toLowerCase().startsWith("cloudfront-"));
}

const own: HeaderLine[] = [
  ["X-Forwarded-For", "203.0.113.7"],
  ["Via", "1.1 edge.cloudfront.net (CloudFront)"],
  ["Host", "origin.example"],
];

describe("under AllViewerExceptHostHeader", () => {
  test("passes every viewer header line in its own case and order, and puts CloudFront's own behind", () => {
    const sent: HeaderLine[] = [
      ["User-Agent", "curl/8"],
      ["AUTHORIZATION", "Bearer t"],
      ["cookie", "a=1"],
      ["Cookie", "b=2"],
      ["X-Own", "1"],
      ["x-own", "2"],
      ["Accept-Encoding", "gzip, deflate, br, zstd"],
      ["Content-Length", "0"],
    ];
    expect(withoutViewer(atOrigin(sent))).toEqual([...sent, ...own]);
    expect(atOrigin(sent).slice(0, sent.length + own.length)).toEqual([...sent, ...own]);
  });

  test("appends to the viewer's X-Forwarded-For and Via, however many lines they have", () => {
    const lines = atOrigin([
      ["x-forwarded-for", "10.0.0.1"],
      ["Via", "1.0 proxy"],
      ["X-Forwarded-For", "10.0.0.2, 10.0.0.3"],
    ]);
    expect(withoutViewer(lines)).toEqual([
      ["User-Agent", "Amazon CloudFront"],
      ["X-Forwarded-For", "10.0.0.1, 10.0.0.2, 10.0.0.3, 203.0.113.7"],
      ["Via", "1.0 proxy, 1.1 edge.cloudfront.net (CloudFront)"],
      ["Host", "origin.example"],
    ]);
  });

  const removed = [
    "Connection",
    "Expect",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Proxy-Anything",
    "TE",
    "Trailer",
    "Upgrade",
    "X-Forwarded-Proto",
    "X-HTTP-Method-Override",
    "X-Real-IP",
    "X-Edge-Location",
    "X-Amz-Cf-Id",
    "X-Amz-Cf-Pop",
    "X-Cache",
    "X-Accel-Redirect",
    "X-Amzn-RequestId",
  ];

  test.each(removed)("removes %s", (name) => {
    const sent: HeaderLine[] = [
      ["User-Agent", "curl/8"],
      [name, "x"],
      [name.toLowerCase(), "y"],
    ];
    expect(withoutViewer(atOrigin(sent))).toEqual([["User-Agent", "curl/8"], ...own]);
  });

  const told = (agent: string, sent: readonly HeaderLine[] = []) =>
    Object.fromEntries(atOrigin([["User-Agent", agent], ...sent]));

  test("tells the origin about the viewer", () => {
    const lines = atOrigin([["User-Agent", "curl/8"]]);
    expect(lines.filter(([name]) => name.startsWith("CloudFront-"))).toEqual([
      ["CloudFront-Forwarded-Proto", "https"],
      ["CloudFront-Is-Android-Viewer", "false"],
      ["CloudFront-Is-Desktop-Viewer", "true"],
      ["CloudFront-Is-IOS-Viewer", "false"],
      ["CloudFront-Is-Mobile-Viewer", "false"],
      ["CloudFront-Is-SmartTV-Viewer", "false"],
      ["CloudFront-Is-Tablet-Viewer", "false"],
      ["CloudFront-Viewer-Address", "203.0.113.7:50000"],
      ["CloudFront-Viewer-Http-Version", "1.1"],
      ["CloudFront-Viewer-TLS", "TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake"],
      ["CloudFront-Viewer-ASN", "64496"],
      ["CloudFront-Viewer-City", "Localhost"],
      ["CloudFront-Viewer-Country", "ZZ"],
      ["CloudFront-Viewer-Country-Name", "Nowhere"],
      ["CloudFront-Viewer-Country-Region", "ZZ"],
      ["CloudFront-Viewer-Country-Region-Name", "Nowhere"],
      ["CloudFront-Viewer-Latitude", "0.00000"],
      ["CloudFront-Viewer-Longitude", "0.00000"],
      ["CloudFront-Viewer-Metro-Code", "000"],
      ["CloudFront-Viewer-Postal-Code", "00000"],
      ["CloudFront-Viewer-Time-Zone", "Etc/UTC"],
    ]);
  });

  test.each<[agent: string, is: string]>([
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "IOS Mobile"],
    ["Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Safari/537.36", "Android Mobile"],
    ["Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)", "IOS Tablet"],
    ["Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0)", "SmartTV"],
    ["Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0", "Desktop"],
  ])("tells what kind of device %s is", (agent, is) => {
    const kinds = Object.entries(told(agent)).flatMap(([name, value]) =>
      value === "true" ? [/^CloudFront-Is-(.+)-Viewer$/.exec(name)?.[1]] : [],
    );
    expect(kinds.join(" ")).toBe(is);
  });

  test("lets nobody say for themselves where they are", () => {
    const lines = atOrigin([
      ["CloudFront-Viewer-Country", "XX"],
      ["cloudfront-viewer-anything", "x"],
    ]);
    expect(valuesOf(lines, "cloudfront-viewer-country")).toEqual(["ZZ"]);
    expect(valuesOf(lines, "cloudfront-viewer-anything")).toEqual([]);
  });

  test("other policies tell nothing about the viewer", () => {
    for (const originRequestPolicyId of [ALL_VIEWER, USER_AGENT_REFERER]) {
      const lines = atOrigin([["CloudFront-Viewer-Country", "XX"]], { originRequestPolicyId });
      expect(withoutViewer(lines)).toEqual(lines);
    }
  });
});

describe("Authorization", () => {
  const authorization: HeaderLine = ["Authorization", "Bearer t"];

  const cases: [what: string, options: Options, seen: string[]][] = [
    [
      "is gone for GET without an all-viewer policy",
      { originRequestPolicyId: USER_AGENT_REFERER },
      [],
    ],
    [
      "is gone for HEAD without an all-viewer policy",
      { method: "HEAD", originRequestPolicyId: USER_AGENT_REFERER },
      [],
    ],
    ["stays for POST", { method: "POST", originRequestPolicyId: USER_AGENT_REFERER }, ["Bearer t"]],
    [
      "stays for DELETE",
      { method: "DELETE", originRequestPolicyId: USER_AGENT_REFERER },
      ["Bearer t"],
    ],
    [
      "stays for OPTIONS that is not cached",
      { method: "OPTIONS", originRequestPolicyId: USER_AGENT_REFERER },
      ["Bearer t"],
    ],
    [
      "is gone for OPTIONS that is cached",
      {
        method: "OPTIONS",
        originRequestPolicyId: USER_AGENT_REFERER,
        cachedMethods: ["GET", "HEAD", "OPTIONS"],
      },
      [],
    ],
    ["stays for GET under AllViewerExceptHostHeader", {}, ["Bearer t"]],
  ];

  test.each(cases)("%s", (_what, options, seen) => {
    expect(valuesOf(atOrigin([authorization], options), "authorization")).toEqual(seen);
  });
});

describe("under other policies", () => {
  test("AllViewer sends the viewer's Host, which no Function URL takes", () => {
    expect(valuesOf(atOrigin([], { originRequestPolicyId: ALL_VIEWER }), "host")).toEqual([
      "app.localhost",
    ]);
  });

  test("only listed headers and CloudFront's fixed ones pass", () => {
    const sent: HeaderLine[] = [
      ["Accept", "text/html"],
      ["Accept-Language", "fr"],
      ["Cookie", "a=1"],
      ["Referer", "https://a.example/"],
      ["User-Agent", "curl/8"],
      ["X-Own", "1"],
      ["Origin", "https://a.example"],
      ["Content-Type", "text/plain"],
      ["If-None-Match", '"e"'],
      ["Range", "bytes=0-1"],
      ["Cache-Control", "no-cache"],
    ];
    const passed = [
      "Referer",
      "User-Agent",
      "Origin",
      "Content-Type",
      "If-None-Match",
      "Range",
      "Cache-Control",
    ];
    expect(atOrigin(sent, { originRequestPolicyId: USER_AGENT_REFERER })).toEqual([
      ...sent.filter(([name]) => passed.includes(name)),
      ...own,
    ]);
  });

  const encodings: [sent: string, seen: string[]][] = [
    ["gzip, deflate, br, zstd", ["br,gzip"]],
    ["GZIP;q=0.5", ["gzip"]],
    ["br;q=0, gzip", ["gzip"]],
    ["br", ["br"]],
    ["deflate", []],
  ];

  test.each(encodings)(
    "a compressing cache policy turns Accept-Encoding %s into one spelling",
    (sent, seen) => {
      const lines = atOrigin([["Accept-Encoding", sent]], { cachePolicyId: CACHING_OPTIMIZED });
      expect(valuesOf(lines, "accept-encoding")).toEqual(seen);
    },
  );
});
