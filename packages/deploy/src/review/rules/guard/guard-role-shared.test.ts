import { expect, test } from "vitest";

import { checkGuardRoleShared } from "./guard-role-shared.ts";
import {
  chainUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

type Inputs = Readonly<Record<string, unknown>>;
const lambda = "aws:lambda/function:Function";
const name = "gatehouse-anna-eu-central-1-guard";
const arn = `arn:aws:iam::123456789012:role/${name}`;

function check(type: string, inputs: Inputs): readonly string[] {
  const added = [resource(type, "Helper", inputs)];
  return rulesOf(checkGuardRoleShared(chainUnderTest({ added })));
}

test("the guard, its role, its policy and the backend's variable may name the role", () => {
  expect(checkGuardRoleShared(chainUnderTest())).toEqual([]);
  const variables = { GATEHOUSE_EDGE_ROLE: name };
  expect(check(lambda, { name: "shop", environment: { variables } })).toEqual([]);
});

const uses: [type: string, inputs: Inputs][] = [
  [lambda, { name: "helper", role: arn }],
  [lambda, { name: "helper", role: { "<secret>": arn } }],
  [lambda, { name: "helper", environment: { variables: { ROLE: arn } } }],
  [
    lambda,
    { name: "helper", role: arn, environment: { variables: { GATEHOUSE_EDGE_ROLE: name } } },
  ],
  [lambda, { name: "helper", environment: { variables: { GATEHOUSE_EDGE_ROLE: name }, x: arn } }],
  ["aws:scheduler/schedule:Schedule", { target: { roleArn: arn } }],
  ["aws:sfn/stateMachine:StateMachine", { definition: JSON.stringify({ Role: arn }) }],
  ["aws:ec2/instance:Instance", { tags: [{ [name]: "" }] }],
  ["aws:iam/role:Role", { assumeRolePolicy: { Statement: [{ Principal: { AWS: [arn] } }] } }],
  ["pulumi-nodejs:dynamic:Resource", { command: `aws sts assume-role --role=${name},x` }],
  ["aws:iam/rolePolicy:RolePolicy", { role: "other", policy: JSON.stringify({ Resource: arn }) }],
  [lambda, { name: "helper", role: arn.replace("anna-eu", "Anna-eu") }],
];

test.each(uses)("%s may not: %j", (type, inputs) => {
  expect(check(type, inputs)).toEqual(["guard-role-shared"]);
});

test("nor may the backend run as the guard's role", () => {
  const changes = { [resourceNames.api]: { role: arn } };
  expect(checkGuardRoleShared(chainUnderTest({ changes }))).toEqual([
    {
      rule: "guard-role-shared",
      resource: "aws:lambda/function:Function::GateApiFunction",
      message:
        "names the guard's role gatehouse-anna-eu-central-1-guard; code that runs as that role, and every principal that may assume it, can claim to be any user: give it its own role",
    },
  ]);
});

test("a longer name is another role's, and an attachment is `guard-role-attachment`'s", () => {
  expect(check(lambda, { role: `${arn}ian` })).toEqual([]);
  expect(check(lambda, { role: arn.replace("role/", "role/my-") })).toEqual([]);
  expect(check("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: name })).toEqual([]);
});

test("components only group others", () => {
  const component = { ...resource("sst:aws:Function", "Group", { role: arn }), component: true };
  expect(checkGuardRoleShared(chainUnderTest({ added: [component] }))).toEqual([]);
});
