import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { annaStage, graphUnderTest, resourceNames } from "../../../test/graph-under-test.ts";
import { stageSettings } from "./stage-settings.ts";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";

function told(...given: Parameters<typeof stageSettings>): Readonly<Record<string, string>> {
  return Object.fromEntries(stageSettings(...given).map(({ setting, value }) => [setting, value]));
}

test("every setting that differs is told", () => {
  const settings = {
    domain: "app.example.com",
    certificateArn,
    waf: { requestsPerFiveMinutes: 2000 },
    apiMemoryMb: 1024,
    apiTimeoutSeconds: 900,
    streaming: "never-empty",
    originReadTimeoutSeconds: 120,
    originKeepaliveSeconds: 60,
    selfSignUp: true,
    selfSignUpInProduction: true,
    peopleScopes: ["api/read", "api/write"],
    forwardToken: true,
    revocation: "allow",
    spaClient: true,
    cimdUrlPatterns: ["https://client.example/*", "https://other.example/client.json"],
    mfa: "required",
    passwordMinLength: 14,
    threatProtection: "enforced",
    logPaths: true,
    metrics: true,
  } as const;
  const stage = resolveStage({ default: {}, production: settings }, "production");
  const graph = graphUnderTest({ stage: "production", protect: true, removal: "retain" });
  expect(told(graph, stage)).toEqual({
    kind: "production",
    "live debugging": "no",
    "sst remove": "refuses; removal is retain",
    "home region": "eu-central-1; the guard in us-east-1, with replicas where callers are",
    address: "app.example.com",
    certificate: certificateArn,
    backend: "1024 MB, 900 s",
    answers: "streamed; a line break in place of no body",
    "origin timeout": "120 s; idle connections are kept 60 s",
    firewall: "2000 requests per address in five minutes, AWS's common rules",
    "sign-up": "open to anybody",
    "implicit grant": "off",
    revocation: "on; a list that cannot be refreshed stays in use",
    "caller's token": "forwarded to the backend",
    scopes: "api/read, api/write, in people's access tokens",
    "clients by documents":
      "https://client.example/*, https://other.example/client.json; Cognito needs a CIMD policy for them, which no deploy makes",
    "second factor": "required, by an authenticator app",
    passwords: "14 characters or more",
    "threat protection": "enforced, by Cognito's plan Plus",
    "the guard's log": "says paths, without their queries",
    metrics: "requests by outcome, code and rule",
  });
});

test.each([
  [["theme", "lang"], "theme, lang, sent to the backend"],
  [[], "none, sent to the backend"],
])("cookies are told where the stage lists them: %j", (forwardCookies, value) => {
  const stage = resolveStage({ default: { forwardCookies, originHeaderBytes: 12_000 } }, "anna");
  expect(told(graphUnderTest(), stage)).toMatchObject({
    cookies: value,
    headers: "up to 12000 bytes, sent to the backend",
  });
});

test("live debugging and the walk-through are told, and a removal that leaves data", () => {
  const stage = resolveStage({ default: { implicitGrant: true } }, "anna");
  expect(told(graphUnderTest({ dev: true, removal: "retain" }), stage)).toMatchObject({
    kind: "personal",
    "live debugging": "yes: the backend runs on a developer's machine",
    "sst remove": "leaves data behind: removal is retain",
    "implicit grant": "open, for the curl walk-through",
  });
});

test("what a gate cannot choose of its people is told, and why refresh tokens do not rotate", () => {
  const { pool, domain, web } = resourceNames;
  const people = (change: Parameters<typeof graphUnderTest>[0]) => {
    const { people: whose, "refresh tokens": refreshTokens } = told(
      graphUnderTest(change),
      annaStage,
    );
    return [whose, refreshTokens];
  };
  expect(people({})).toEqual([undefined, undefined]);
  const changes = { [web]: { refreshTokenRotation: undefined } };
  expect(people({ changes, without: [pool, domain] })).toEqual([
    "of the user pool eu-central-1_c63051dcd, which stays as it is: sign-up, triggers, plan, groups, second factor, passwords, sign-in pages",
    "do not rotate: the user pool is on Cognito's plan Lite",
  ]);
  expect(people({ changes, awsProvider: "6.66.2" })).toEqual([
    undefined,
    "do not rotate: the AWS provider 6.66.2 is older than 6.81 (version in app() of sst.config.ts)",
  ]);
});

test.each([
  [["x-tenant", "x-trace"], "x-tenant, x-trace"],
  [[], "only what Gatehouse itself needs"],
])("what scripts of other origins may send is told where the stage lists it: %j", (list, value) => {
  const stage = resolveStage({ default: { corsRequestHeaders: list } }, "anna");
  expect(told(graphUnderTest(), stage)).toMatchObject({
    "headers of other origins' scripts": value,
  });
});
