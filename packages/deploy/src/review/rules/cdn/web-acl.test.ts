import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import {
  chainUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkWebAcl } from "./web-acl.ts";

const arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/gatehouse-anna/0a1b";
const stage = resolveStage({ default: { waf: { requestsPerFiveMinutes: 2000 } } }, "anna");
const rate = { aggregateKeyType: "IP", limit: 2000, evaluationWindowSec: 300 };
const common = { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" };
const visibilityConfig = { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
const sampled = { ...visibilityConfig, sampledRequestsEnabled: true };
const limitRule = {
  visibilityConfig,
  action: { block: {} },
  statement: { rateBasedStatement: rate },
};
const commonRule = {
  visibilityConfig,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: common },
};

function acl(inputs: Readonly<Record<string, unknown>> = {}, region = "us-east-1"): Resource {
  return resource(
    "aws:wafv2/webAcl:WebAcl",
    "GateFirewall",
    {
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rules: [limitRule, commonRule],
      visibilityConfig,
      ...inputs,
    },
    { region, outputs: { arn } },
  );
}

function check(added: readonly Resource[], webAclId: unknown = arn, settings = stage) {
  const changes = { [resourceNames.distribution]: { webAclId } };
  return rulesOf(checkWebAcl(chainUnderTest({ added, changes }, settings)));
}

test("the firewall that the stage asks for breaks no rule, also when large uploads only count", () => {
  const lenient = {
    ...common,
    ruleActionOverrides: [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }],
  };
  const rules = [
    { ...limitRule, statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: 2000 } } },
    { ...commonRule, statement: { managedRuleGroupStatement: lenient } },
  ];
  expect(check([acl()])).toEqual([]);
  expect(check([acl({ rules })])).toEqual([]);
});

test("a stage that asks for none has none", () => {
  const quiet = resolveStage({ default: {} }, "anna");
  expect(check([], null, quiet)).toEqual([]);
  expect(check([], "", quiet)).toEqual([]);
  expect(check([], arn, quiet)).toEqual(["waf-attached"]);
  expect(check([acl()], null, quiet)).toEqual(["waf-attached"]);
});

test("a stage that asks for one has exactly one, in front of it", () => {
  expect(check([])).toEqual(["waf-attached"]);
  expect(check([acl(), acl()])).toEqual(["waf-attached"]);
  expect(check([acl()], null)).toEqual(["waf-attached"]);
  expect(check([acl()], `${arn}0`)).toEqual(["waf-attached"]);
});

function limiting(statement: unknown, action: unknown = { block: {} }) {
  return {
    rules: [{ visibilityConfig, action, statement: { rateBasedStatement: statement } }, commonRule],
  };
}

function grouped(statement: unknown, overrideAction: unknown = { none: {} }) {
  return {
    rules: [
      limitRule,
      { visibilityConfig, overrideAction, statement: { managedRuleGroupStatement: statement } },
    ],
  };
}

const count = (name: string) => ({
  ...common,
  ruleActionOverrides: [{ name, actionToUse: { count: {} } }],
});

const refusals: [rule: string, inputs: Readonly<Record<string, unknown>>][] = [
  ["waf-scope", { scope: "REGIONAL" }],
  ["waf-default", { defaultAction: { block: {} } }],
  ["waf-default", { defaultAction: undefined }],
  ["waf-rate", { rules: [commonRule] }],
  ["waf-rate", { rules: [limitRule, limitRule, commonRule] }],
  ["waf-rate", limiting({ ...rate, limit: 2001 })],
  ["waf-rate", limiting({ ...rate, aggregateKeyType: "FORWARDED_IP" })],
  ["waf-rate", limiting({ ...rate, evaluationWindowSec: 60 })],
  ["waf-rate", limiting({ ...rate, scopeDownStatement: {} })],
  ["waf-rate", limiting(rate, { count: {} })],
  ["waf-common-rules", { rules: [limitRule] }],
  ["waf-common-rules", grouped(common, { count: {} })],
  ["waf-common-rules", grouped({ ...common, name: "AWSManagedRulesBotControlRuleSet" })],
  ["waf-common-rules", grouped({ ...common, vendorName: "Other" })],
  ["waf-common-rules", grouped({ ...common, scopeDownStatement: {} })],
  ["waf-common-rules", grouped(count("CrossSiteScripting_BODY"))],
  [
    "waf-exception",
    { rules: [limitRule, commonRule, { visibilityConfig, action: { allow: {} } }] },
  ],
  ["waf-samples", { visibilityConfig: sampled }],
  ["waf-samples", { visibilityConfig: undefined }],
  ["waf-samples", { rules: [{ ...limitRule, visibilityConfig: sampled }, commonRule] }],
  ["waf-samples", { rules: [limitRule, { ...commonRule, visibilityConfig: {} }] }],
  ["waf-rule-json", { ruleJson: "[]" }],
];

test.each(refusals)("%s is broken by %j", (rule, inputs) => {
  expect(check([acl(inputs)])).toEqual([rule]);
});

test("it belongs to us-east-1, wherever the app lives", () => {
  expect(check([acl({}, "eu-central-1")])).toEqual(["waf-scope"]);
});
