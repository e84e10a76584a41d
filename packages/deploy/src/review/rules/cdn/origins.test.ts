import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import type { Graph } from "../../../dry-run/graph/graph.ts";
import { checkOrigins } from "./origins.ts";
import {
  annaStage,
  chainUnderTest,
  originUnderTest as origin,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const { customOriginConfig: config } = origin;

function check(origins: readonly unknown[], stage = annaStage): readonly string[] {
  const changes = { [resourceNames.distribution]: { origins } };
  return rulesOf(checkOrigins(chainUnderTest({ changes }, stage)));
}

test.each([
  {},
  { originPath: "", customHeaders: [], connectionAttempts: 3, connectionTimeout: 10 },
  { originAccessControlId: undefined, originShield: undefined },
])("the backend's Function URL is an origin, also with %j", (more) => {
  expect(check([{ ...origin, ...more }])).toEqual([]);
});

test.each([
  ["origin-https", { customOriginConfig: { ...config, originProtocolPolicy: "match-viewer" } }],
  ["origin-https", { customOriginConfig: { ...config, httpsPort: 8443 } }],
  ["origin-tls", { customOriginConfig: { ...config, originSslProtocols: ["TLSv1.1", "TLSv1.2"] } }],
  ["origin-path", { originPath: "/v1" }],
  ["origin-headers", { customHeaders: [{ name: "x-gatehouse-caller", value: "a" }] }],
  ["origin-access-control", { originAccessControlId: "E1" }],
  ["origin-read-timeout", { customOriginConfig: { ...config, originReadTimeout: 20 } }],
  ["origin-read-timeout", { customOriginConfig: { ...config, originReadTimeout: undefined } }],
  ["origin-keepalive", { customOriginConfig: { ...config, originKeepaliveTimeout: 60 } }],
  ["origin-retries", { connectionAttempts: 1 }],
  ["origin-retries", { connectionTimeout: 1 }],
  ["origin-setting", { originShield: { enabled: true, originShieldRegion: "eu-central-1" } }],
  ["origin-setting", { s3OriginConfig: {} }],
  ["origin-setting", { vpcOriginConfig: {} }],
])("%s is broken by %j", (rule, more) => {
  expect(check([{ ...origin, ...more }])).toEqual([rule]);
});

test("a placeholder is no origin, and the backend has to be one", () => {
  const placeholder = { ...origin, originId: "/x/*", domainName: "placeholder.sst.dev" };
  expect(check([origin, placeholder])).toEqual(["origin-host"]);
  expect(check([placeholder])).toEqual(["origin-app", "origin-host"]);
});

test("a look-alike of the Function URL is no origin", () => {
  const lookAlike = {
    ...origin,
    originId: "/x/*",
    domainName: `${origin.domainName}.evil.example`,
  };
  expect(check([origin, lookAlike])).toEqual(["origin-host"]);
});

test("no origin, or two with one id, is refused", () => {
  expect(check([])).toEqual(["origin-count", "origin-app"]);
  expect(check([origin, origin])).toEqual(["origin-count"]);
});

test("an origin without settings of its own breaks what it leaves out", () => {
  expect(check([{ ...origin, customOriginConfig: undefined }])).toEqual([
    "origin-https",
    "origin-tls",
    "origin-read-timeout",
    "origin-keepalive",
  ]);
});

test("another Function URL of the stage may stand behind the guard too", () => {
  const host = "second.lambda-url.eu-central-1.on.aws";
  const url = resource(
    "aws:lambda/functionUrl:FunctionUrl",
    "SecondUrl",
    { functionName: "second" },
    { outputs: { functionUrl: `https://${host}/` } },
  );
  const origins = [origin, { ...origin, originId: "/b/*", domainName: host }];
  const changes = { [resourceNames.distribution]: { origins } };
  expect(checkOrigins(chainUnderTest({ changes, added: [url] }))).toEqual([]);
});

test("so may one that was looked up, but none that was typed, or is open", () => {
  const domainName = "0123456789abcdef0123456789abcdef.lambda-url.eu-west-1.on.aws";
  const outputs = {
    functionUrl: `https://${domainName}/`,
    functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:legacy",
    authorizationType: "AWS_IAM",
  };
  const token = "aws:lambda/getFunctionUrl:getFunctionUrl";
  const inputs = { functionName: "legacy" };
  const origins = [origin, { ...origin, originId: "/legacy/*", domainName }];
  const changes = { [resourceNames.distribution]: { origins } };
  const checkWith = (...lookups: Graph["lookups"]) =>
    rulesOf(checkOrigins(chainUnderTest({ changes, lookups })));
  expect(checkWith({ token, inputs, outputs })).toEqual([]);
  expect(checkWith()).toEqual(["origin-host"]);
  expect(checkWith({ token: "aws:lambda/getAlias:getAlias", inputs, outputs })).toEqual([
    "origin-host",
  ]);
  const open = { ...outputs, authorizationType: "NONE" };
  expect(checkWith({ token, inputs, outputs: open })).toEqual(["origin-host"]);
});

test("times are those of the stage", () => {
  const stage = resolveStage(
    { default: { originReadTimeoutSeconds: 120, originKeepaliveSeconds: 60 } },
    "anna",
  );
  expect(check([origin], stage)).toEqual(["origin-read-timeout", "origin-keepalive"]);
  const patient = { ...config, originReadTimeout: 120, originKeepaliveTimeout: 60 };
  expect(check([{ ...origin, customOriginConfig: patient }], stage)).toEqual([]);
});
