import { expect, test } from "vitest";

import { checkRoleTrust } from "./role-trust.ts";
import { chainUnderTest, resourceNames, rulesOf } from "../../../../test/graph-under-test.ts";

const { apiRole, guardRole } = resourceNames;
const root = "arn:aws:iam::123456789012:root";
const lambda = { Service: "lambda.amazonaws.com" };

function trusting(Principal: unknown, more: object = {}): Readonly<Record<string, unknown>> {
  return {
    assumeRolePolicy: {
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal, ...more }],
    },
  };
}

function check(name: string, inputs: Readonly<Record<string, unknown>>, dev = false) {
  return rulesOf(checkRoleTrust(chainUnderTest({ changes: { [name]: inputs }, dev })));
}

test("AWS services may take the stage's roles", () => {
  expect(checkRoleTrust(chainUnderTest())).toEqual([]);
  expect(check(apiRole, trusting({ Service: ["lambda.amazonaws.com"] }))).toEqual([]);
});

test("so may a workflow that signs in by OpenID, and a denial lets nobody in", () => {
  const workflow = { Federated: "arn:aws:iam::123456789012:oidc-provider/example" };
  expect(check(apiRole, trusting(workflow))).toEqual([]);
  const denial = { Effect: "Deny", Action: "sts:AssumeRole", Principal: "*" };
  const allowance = { ...denial, Effect: "Allow", Principal: lambda };
  expect(check(apiRole, { assumeRolePolicy: { Statement: [allowance, denial] } })).toEqual([]);
});

test.each([
  ["the account", trusting({ ...lambda, AWS: root })],
  ["another account", trusting({ AWS: ["arn:aws:iam::999999999999:root"] })],
  ["a user", trusting({ AWS: "arn:aws:iam::123456789012:user/anna" })],
  ["everybody", trusting("*")],
  ["everybody in AWS", trusting({ AWS: "*" })],
  ["everybody but one", trusting(undefined, { NotPrincipal: { AWS: root } })],
  ["every service", trusting({ Service: "*" })],
  ["every service beside one", trusting({ Service: ["lambda.amazonaws.com", "*"] })],
  ["everybody who signs in", trusting({ Federated: "*" })],
  [
    "the account in a second statement",
    {
      assumeRolePolicy: {
        Statement: [{ Principal: lambda }, { Principal: { AWS: root } }],
      },
    },
  ],
  ["nobody can read whom", { assumeRolePolicy: "<unknown>" }],
  ["no statement says whom", { assumeRolePolicy: { Statement: [] } }],
])("but not %s", (_who, inputs) => {
  expect(check(apiRole, inputs)).toEqual(["role-trust"]);
  expect(check(guardRole, inputs)).toEqual(["role-trust"]);
});

test("live debugging needs the account for the backend's role, never for the guard's", () => {
  expect(check(apiRole, trusting({ ...lambda, AWS: root }), true)).toEqual([]);
  expect(check(guardRole, trusting({ ...lambda, AWS: root }), true)).toEqual(["role-trust"]);
  expect(check(apiRole, trusting({ CanonicalUser: root }), true)).toEqual(["role-trust"]);
  const stranger = trusting({ ...lambda, AWS: "arn:aws:iam::999999999999:root" });
  expect(check(apiRole, stranger, true)).toEqual(["role-trust"]);
});
