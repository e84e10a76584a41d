import { expect, test } from "vitest";

import { isRefusedHeader } from "./refused-headers.ts";

test.each([
  "x-gatehouse-caller",
  "X-Gatehouse-Anything",
  "x_gatehouse_caller",
  "x-amz-date",
  "x_amz-security_token",
  "x-amzn-oidc-data",
  "x_amzn_oidc_identity",
  "x-original-url",
  "X_Rewrite_URL",
  "x-method-override",
  "x-http-method",
  "x-http-methods",
  "x-http-method-override",
])("%s is refused", (name) => {
  expect(isRefusedHeader(name)).toBe(true);
});

test.each([
  "x-gatehouse",
  "x-amzn-trace-id",
  "x-original-urls",
  "x-forwarded-for",
  "my-x-amz-date",
  "authorization",
  "cookie",
])("%s is passed on", (name) => {
  expect(isRefusedHeader(name)).toBe(false);
});
