import { expect, test } from "vitest";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { checkGuardRole } from "./guard-role.ts";
import {
  chainUnderTest,
  guardPolicyDocument,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

type Inputs = Readonly<Record<string, unknown>>;
const { guardRole, guardPolicy } = resourceNames;
const [callUrl, invoke, read, secret, log] = guardPolicyDocument.Statement;

function trust(principal: unknown, more: object = {}): Inputs {
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal, ...more }];
  return { assumeRolePolicy: { Version: "2012-10-17", Statement } };
}

function policy(...statements: readonly unknown[]): Inputs {
  return { policy: { Version: "2012-10-17", Statement: statements } };
}

test("the blueprint's role breaks no rule, as text or as JSON, with or without a boundary", () => {
  const changes = {
    [guardRole]: {
      path: "/",
      managedPolicyArns: [],
      inlinePolicies: [],
      permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
    },
    [guardPolicy]: policy(callUrl, invoke, read, secret, log),
  };
  expect(checkGuardRole(chainUnderTest())).toEqual([]);
  expect(checkGuardRole(chainUnderTest({ changes }))).toEqual([]);
});

const both = { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] };
const roleRefusals: [rule: string, inputs: Inputs][] = [
  ["guard-role-name", { name: "gatehouse-anna-eu-central-1-guard2" }],
  ["guard-role-name", { namePrefix: "gatehouse" }],
  ["guard-role-path", { path: "/gatehouse/" }],
  ["guard-role-trust", trust({ Service: "lambda.amazonaws.com" })],
  ["guard-role-trust", trust({ Service: ["edgelambda.amazonaws.com"] })],
  ["guard-role-trust", trust({ ...both, AWS: "arn:aws:iam::123456789012:root" })],
  ["guard-role-trust", trust({ Service: [...both.Service, "ec2.amazonaws.com"] })],
  ["guard-role-trust", trust("*")],
  ["guard-role-trust", trust(both, { Action: "sts:*" })],
  ["guard-role-trust", trust(both, { Condition: {} })],
  ["guard-role-trust", { assumeRolePolicy: "not JSON" }],
  ["guard-role-managed-policies", { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnly"] }],
  ["guard-role-inline-policies", { inlinePolicies: [{ name: "more", policy: "{}" }] }],
];

test.each(roleRefusals)("%s is broken by %j", (rule, inputs) => {
  const chain = chainUnderTest({ changes: { [guardRole]: inputs } });
  expect(rulesOf(checkGuardRole(chain))).toEqual([rule]);
});

const policyRefusals: [why: string, inputs: Inputs][] = [
  ["a statement missing", policy(callUrl, invoke, read, secret)],
  ["a statement more", policy(callUrl, invoke, read, secret, log, { Effect: "Allow" })],
  [
    "invoking without the URL",
    policy(callUrl, { ...invoke, Condition: undefined }, read, secret, log),
  ],
  [
    "another condition",
    policy({ ...callUrl, Condition: invoke.Condition }, invoke, read, secret, log),
  ],
  ["any function", policy({ ...callUrl, Resource: "*" }, invoke, read, secret, log)],
  ["every parameter", policy(callUrl, invoke, { ...read, Resource: ["*"] }, secret, log)],
  ["writing parameters", policy(callUrl, invoke, { ...read, Action: "ssm:*" }, secret, log)],
  ["no secret", policy(callUrl, invoke, read, log)],
  [
    "every secret",
    policy(
      callUrl,
      invoke,
      read,
      { ...secret, Resource: secret.Resource.replace(/[^/]*$/, "*") },
      log,
    ),
  ],
  ["writing the secret", policy(callUrl, invoke, read, { ...secret, Action: "ssm:*" }, log)],
  ["no JSON", { policy: "{" }],
];

test.each(policyRefusals)("the guard's policy with %s is not the blueprint's", (_why, inputs) => {
  const chain = chainUnderTest({ changes: { [guardPolicy]: inputs } });
  expect(rulesOf(checkGuardRole(chain))).toEqual(["guard-role-policy"]);
});

test("no policy, or a second one, is refused", () => {
  const second = resource("aws:iam/rolePolicy:RolePolicy", "Second", {
    role: "arn:aws:iam::123456789012:role/gatehouse-anna-eu-central-1-guard",
    policy: "{}",
  });
  const count = ["guard-role-policy-count"];
  const message = (chain: Parameters<typeof checkGuardRole>[0]) =>
    checkGuardRole(chain)[0]?.message;
  expect(message(chainUnderTest({ without: [guardPolicy] }))).toMatch(/^has no policy;/);
  expect(message(chainUnderTest({ added: [second] }))).toMatch(/^has 2 policies;/);
  expect(rulesOf(checkGuardRole(chainUnderTest({ without: [guardPolicy] })))).toEqual(count);
  expect(rulesOf(checkGuardRole(chainUnderTest({ added: [second] })))).toEqual(count);
});

test("a policy of another role does not count", () => {
  const other = resource("aws:iam/rolePolicy:RolePolicy", "Other", { role: "other", policy: "{}" });
  expect(checkGuardRole(chainUnderTest({ added: [other] }))).toEqual([]);
  const changes = { [guardPolicy]: { role: "other" } };
  expect(rulesOf(checkGuardRole(chainUnderTest({ changes })))).toEqual(["guard-role-policy-count"]);
});

const attachments: [type: string, inputs: Inputs][] = [
  [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "gatehouse-anna-eu-central-1-guard" },
  ],
  [
    "aws:iam/policyAttachment:PolicyAttachment",
    { roles: ["other", "gatehouse-anna-eu-central-1-guard"] },
  ],
  [
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    { roleName: "gatehouse-anna-eu-central-1-guard" },
  ],
  ["aws:iam/instanceProfile:InstanceProfile", { role: "gatehouse-anna-eu-central-1-guard" }],
];

test.each(attachments)("%s may not name the guard's role", (type, inputs) => {
  const added: readonly Resource[] = [resource(type, "Attachment", inputs)];
  expect(rulesOf(checkGuardRole(chainUnderTest({ added })))).toEqual(["guard-role-attachment"]);
});
