import { expect, test } from "vitest";

import { graphUnderTest, resourceNames } from "../../../test/graph-under-test.ts";
import { rolesOf } from "./roles-in-plan.ts";

const { apiRole, guardRole } = resourceNames;

function roleWith(inputs: Readonly<Record<string, unknown>>) {
  const roles = rolesOf(graphUnderTest({ changes: { [apiRole]: inputs } }));
  return roles.find(({ name }) => name === apiRole);
}

function inline(...statements: readonly unknown[]) {
  return {
    inlinePolicies: [{ name: "inline", policy: JSON.stringify({ Statement: statements }) }],
  };
}

function trusting(statement: Readonly<Record<string, unknown>>) {
  return { assumeRolePolicy: { Statement: [{ Effect: "Allow", ...statement }] } };
}

test("the guard's role is told with the policy that is attached to it", () => {
  const guard = rolesOf(graphUnderTest()).find(({ name }) => name === guardRole);
  expect(guard).toMatchObject({
    physicalName: "gatehouse-anna-eu-central-1-guard",
    assumedBy: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"],
    managedPolicies: [],
  });
  expect(guard?.may.map(({ words }) => words)).toEqual([
    "call the Function URL",
    "invoke the function",
    "read parameters",
    "read parameters",
    "write logs",
  ]);
  expect(guard?.may[0]).toEqual({
    words: "call the Function URL",
    denied: false,
    actions: ["lambda:InvokeFunctionUrl"],
    resources: ["lambda eu-central-1 function:gatehouse-anna-GateApiFunction-bafkksbh"],
    conditions: ["lambda:FunctionUrlAuthType is AWS_IAM"],
  });
});

test("statements are told whatever they look like", () => {
  const may = roleWith(
    inline(
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Allow", Action: ["s3:*", "s3:GetObject"], Resource: "arn:aws:s3:::bucket/*" },
      { Effect: "Deny", Action: "logs:PutLogEvents", NotResource: "arn:aws:logs:*:1:log-group:a" },
      { Effect: "Allow", NotAction: ["iam:*"], Resource: "*" },
      {
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "*",
        Condition: { StringLike: { "aws:SourceArn": ["a*", "b*"] } },
      },
    ),
  )?.may;
  expect(may).toEqual([
    {
      words: "do anything at all",
      denied: false,
      actions: ["*"],
      resources: ["*"],
      conditions: [],
    },
    {
      words: "do anything with s3, s3:GetObject",
      denied: false,
      actions: ["s3:*", "s3:GetObject"],
      resources: ["s3 bucket/*"],
      conditions: [],
    },
    {
      words: "write logs",
      denied: true,
      actions: ["logs:PutLogEvents"],
      resources: ["not logs * log-group:a"],
      conditions: [],
    },
    {
      words: "do anything but iam:*",
      denied: false,
      actions: ["not iam:*"],
      resources: ["*"],
      conditions: [],
    },
    {
      words: "sqs:SendMessage",
      denied: false,
      actions: ["sqs:SendMessage"],
      resources: ["*"],
      conditions: ["aws:SourceArn StringLike a* or b*"],
    },
  ]);
});

test.each([
  ["everybody", trusting({ Principal: "*" })],
  ["nothing", trusting({})],
  [
    "arn:aws:iam::123456789012:root",
    trusting({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
  ],
  ['everybody but {"AWS":"a"}', trusting({ NotPrincipal: { AWS: "a" } })],
  ["somebody; the trust policy cannot be read", { assumeRolePolicy: "{" }],
])("a role is assumed by %s", (who, inputs) => {
  expect(roleWith(inputs)?.assumedBy).toEqual([who]);
});

test("a role whose name is generated is told so", () => {
  expect(roleWith({ name: undefined })?.physicalName).toBe("(generated)");
});

test("who is denied a role does not assume it, and a policy that cannot be read says so", () => {
  expect(roleWith(trusting({ Effect: "Deny", Principal: "*" }))?.assumedBy).toEqual([]);
  expect(roleWith({ inlinePolicies: [{ policy: "{" }, {}] })?.may).toMatchObject([
    { words: "something that cannot be read here" },
  ]);
});
