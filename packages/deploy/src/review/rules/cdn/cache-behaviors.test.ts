import { expect, test } from "vitest";

import { checkCacheBehaviors } from "./cache-behaviors.ts";
import {
  behaviorUnderTest as behavior,
  chainUnderTest,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const [association] = behavior.lambdaFunctionAssociations;
const guardArn = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-anna-Guard-0000000";
const { allowedMethods } = behavior;

function check(inputs: Readonly<Record<string, unknown>>) {
  return checkCacheBehaviors(chainUnderTest({ changes: { [resourceNames.distribution]: inputs } }));
}

test("the blueprint's behaviour breaks no rule, on any path and with members that say nothing", () => {
  const silent = {
    compress: false,
    minTtl: 0,
    smoothStreaming: false,
    grpcConfig: { enabled: false },
    trustedSigners: [],
  };
  expect(checkCacheBehaviors(chainUnderTest())).toEqual([]);
  expect(
    check({
      defaultCacheBehavior: { ...behavior, ...silent },
      orderedCacheBehaviors: [{ ...behavior, pathPattern: "/b/*" }],
    }),
  ).toEqual([]);
});

const refusals: [rules: readonly string[], member: Readonly<Record<string, unknown>>][] = [
  [
    ["behaviour-guard", "behaviour-guard-version", "behaviour-guard-event", "behaviour-guard-body"],
    { lambdaFunctionAssociations: [] },
  ],
  [["behaviour-guard"], { lambdaFunctionAssociations: [association, association] }],
  [
    ["behaviour-guard"],
    { lambdaFunctionAssociations: [{ ...association, lambdaArn: `${guardArn}:2` }] },
  ],
  [
    ["behaviour-guard", "behaviour-guard-version"],
    { lambdaFunctionAssociations: [{ ...association, lambdaArn: `${guardArn}:live` }] },
  ],
  [
    ["behaviour-guard", "behaviour-guard-version"],
    { lambdaFunctionAssociations: [{ ...association, lambdaArn: guardArn }] },
  ],
  [
    ["behaviour-guard-event"],
    { lambdaFunctionAssociations: [{ ...association, eventType: "viewer-request" }] },
  ],
  [
    ["behaviour-guard-body"],
    { lambdaFunctionAssociations: [{ ...association, includeBody: false }] },
  ],
  [
    ["behaviour-guard-body"],
    { lambdaFunctionAssociations: [{ ...association, includeBody: undefined }] },
  ],
  [["behaviour-function"], { functionAssociations: [{ eventType: "viewer-request" }] }],
  [["behaviour-cache"], { cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6" }],
  [["behaviour-cache"], { cachePolicyId: undefined }],
  [["behaviour-origin-request"], { originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3" }],
  [["behaviour-origin-request"], { originRequestPolicyId: undefined }],
  [["behaviour-methods"], { allowedMethods: ["GET", "HEAD"] }],
  [["behaviour-methods"], { cachedMethods: ["GET", "HEAD", "OPTIONS"] }],
  [["behaviour-methods"], { allowedMethods: [...allowedMethods, "TRACE"] }],
  [["behaviour-redirect"], { viewerProtocolPolicy: "allow-all" }],
  [["behaviour-origin"], { targetOriginId: "/elsewhere" }],
  [["behaviour-headers"], { responseHeadersPolicyId: undefined }],
  [["behaviour-headers"], { responseHeadersPolicyId: "another" }],
  [["behaviour-setting"], { grpcConfig: { enabled: true } }],
  [["behaviour-setting"], { forwardedValues: { queryString: true } }],
  [["behaviour-setting"], { defaultTtl: 60 }],
  [["behaviour-setting"], { fieldLevelEncryptionId: "a" }],
  [["behaviour-setting"], { trustedKeyGroups: ["a"] }],
];

test.each(refusals)(
  "%s is broken by %j, on the default path and on every other",
  (rules, member) => {
    expect(rulesOf(check({ defaultCacheBehavior: { ...behavior, ...member } }))).toEqual(rules);
    const other = { ...behavior, ...member, pathPattern: "/b/*" };
    expect(rulesOf(check({ orderedCacheBehaviors: [other] }))).toEqual(rules);
  },
);

test("a violation names the path", () => {
  const other = { ...behavior, functionAssociations: [{}], pathPattern: "/b/*" };
  expect(check({ orderedCacheBehaviors: [other] })[0]?.message).toMatch(
    /^the behaviour for \/b\/\* has/,
  );
});

test("a distribution without a default behaviour has no guard there", () => {
  expect(rulesOf(check({ defaultCacheBehavior: undefined }))).toContain("behaviour-guard");
});
