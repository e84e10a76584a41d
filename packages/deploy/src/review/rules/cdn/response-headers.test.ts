import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";
import { expect, test } from "vitest";

import { checkResponseHeaders } from "./response-headers.ts";
import { graphUnderTest, resourceNames, rulesOf } from "../../../../test/graph-under-test.ts";

const security = {
  strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: "DENY", override: false },
  referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: false },
};

function check(inputs: Readonly<Record<string, unknown>>): readonly string[] {
  return rulesOf(
    checkResponseHeaders(graphUnderTest({ changes: { [resourceNames.headers]: inputs } })),
  );
}

function without(member: keyof typeof security) {
  return { securityHeadersConfig: { ...security, [member]: undefined } };
}

test("the blueprint's headers break no rule, nor does a stricter HSTS", () => {
  expect(check({})).toEqual([]);
  const hsts = { ...security.strictTransportSecurity, includeSubdomains: true, preload: true };
  expect(
    check({
      securityHeadersConfig: { ...security, strictTransportSecurity: hsts },
    }),
  ).toEqual([]);
});

test("the blueprint asks browsers for a year of https, and for no frames", () => {
  expect(responseHeaders.strictTransportSecurity.maxAgeSeconds).toBeGreaterThanOrEqual(31_536_000);
  expect(responseHeaders.frameOptions.value).toBe("DENY");
});

test.each([
  ["headers-hsts", without("strictTransportSecurity")],
  [
    "headers-hsts",
    {
      securityHeadersConfig: {
        ...security,
        strictTransportSecurity: { accessControlMaxAgeSec: 300, override: true },
      },
    },
  ],
  ["headers-nosniff", without("contentTypeOptions")],
  ["headers-frame", without("frameOptions")],
  [
    "headers-frame",
    {
      securityHeadersConfig: {
        ...security,
        frameOptions: { frameOption: "SAMEORIGIN", override: false },
      },
    },
  ],
  ["headers-referrer", without("referrerPolicy")],
  ["headers-cors", { corsConfig: { accessControlAllowOrigins: { items: ["*"] } } }],
  [
    "headers-custom",
    { customHeadersConfig: { items: [{ header: "X-Robots-Tag", value: "none" }] } },
  ],
  ["headers-setting", { serverTimingHeadersConfig: { enabled: true, samplingRate: 100 } }],
  [
    "headers-custom",
    { customHeadersConfig: { items: [{ header: "Access-Control-Allow-Origin", value: "*" }] } },
  ],
  ["headers-removed", { removeHeadersConfig: { items: [{ header: "www-authenticate" }] } }],
])("%s is broken by %j", (rule, inputs) => {
  expect(check(inputs)).toEqual([rule]);
});
