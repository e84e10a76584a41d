import { homedir } from "node:os";

import { expect, test } from "vitest";

import { redact } from "./redact.ts";

const outputs = {
  appUrl: "https://app.example.com",
  signInUrl:
    "https://gatehouse-dev-0a1b2c3d.auth.eu-central-1.amazoncognito.com/login?client_id=web1",
  functionUrl: "https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws",
  region: "eu-central-1",
  edgeRegion: "us-east-1",
  userPoolId: "eu-central-1_AbCdEfGhI",
  clients: { web: { id: "1webclient2345" }, machine: { id: "2machineclient3456" } },
  endpoints: { ssm: "https://ssm", cognitoIdp: "https://cognito-idp" },
};
const identifying = { outputs, domain: "app.example.com", root: "/home/ada/shop" };

test.each([
  ["https://app.example.com/x", "https://(domain)/x"],
  [outputs.signInUrl, "https://(sign-in host)/login?client_id=web1"],
  [outputs.functionUrl, "https://(Function URL)"],
  ["pool eu-central-1_AbCdEfGhI", "pool (user pool)"],
  ["1webclient2345 2machineclient3456", "(client web) (client machine)"],
  ["at /home/ada/shop/infra/cdn.ts", "at (project)/infra/cdn.ts"],
  [`${homedir()}/.aws`, "(home)/.aws"],
  ["arn:aws:iam::123456789012:role/x may not", "(ARN) may not"],
  ['"arn:aws:lambda:us-east-1:123456789012:function:g:7"', '"(ARN)"'],
  ["another (c61i3w1quxzqr8k5ox7chh0x9g)", "another ((client))"],
  ["account 123456789012.", "account (account)."],
  ["distribution E1A2B3C4D5E6F7 is", "distribution (distribution) is"],
  ["d111111abcdef8.cloudfront.net", "(CloudFront host)"],
  ["xyz.lambda-url.us-west-2.on.aws", "(Function URL)"],
  ["other-1.auth.us-east-1.amazoncognito.com", "(sign-in host)"],
  ["us-east-1_Zz9999999", "(user pool)"],
  ["AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE", "(access key) (access key)"],
  ["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "(token)"],
  ["eyJhbGciOiJSUzI1NiJ9.a.b.c.d", "(token)"],
  ["by ada@example.org", "by (e-mail)"],
])("takes out what names somebody in %j", (text, redacted) => {
  expect(redact(text, identifying)).toBe(redacted);
});

test("leaves what says how it went", () => {
  const text =
    "deploy 1 ended with 0 after 412 s; behaviour-guard is well; 129 passed, 0 failed, 40 skipped; ERROR in eu-central-1";
  expect(redact(text, identifying)).toBe(text);
});

test("works before there are outputs", () => {
  expect(redact("arn:aws:iam::123456789012:root", { ...identifying, outputs: undefined })).toBe(
    "(ARN)",
  );
});
