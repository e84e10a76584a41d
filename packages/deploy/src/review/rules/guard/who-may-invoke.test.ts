import { expect, test } from "vitest";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { checkWhoMayInvoke } from "./who-may-invoke.ts";
import {
  chainUnderTest,
  originUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const account = "123456789012";
const apiArn = `arn:aws:lambda:eu-central-1:${account}:function:gatehouse-anna-GateApiFunction-bafkksbh`;
const guardArn = `arn:aws:lambda:us-east-1:${account}:function:gatehouse-anna-Guard-0000000`;
const guardRole = `arn:aws:iam::${account}:role/gatehouse-anna-eu-central-1-guard`;
const basicExecution = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

function allow(Action: unknown, Resource: unknown): object {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] };
}

function check(...added: readonly Resource[]): readonly string[] {
  return rulesOf(checkWhoMayInvoke(chainUnderTest({ added })));
}

test("the guard may, nobody else does, and what has nothing to do with it is free", () => {
  const policy = JSON.stringify(allow(["s3:GetObject", "lambda:GetFunction"], "*"));
  const role = { role: "other", policy };
  expect(check()).toEqual([]);
  expect(check(resource("aws:iam/rolePolicy:RolePolicy", "Other", role))).toEqual([]);
  expect(check(resource("aws:iam/role:Role", "Bare", { inlinePolicies: [{}] }))).toEqual([]);
  const queue = { policy: JSON.stringify(allow("*", "*")) };
  expect(check(resource("aws:sqs/queuePolicy:QueuePolicy", "Queue", queue))).toEqual([]);
});

const parameter = `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/clients/web`;
const pool = `arn:aws:cognito-idp:eu-central-1:${account}:userpool/eu-central-1_c63051dcd`;
const distribution = `arn:aws:cloudfront::${account}:distribution/ED11D7B4AA678`;

const [invoking, impersonating] = ["invoke-granted", "impersonation-granted"];
const dangers: [rule: string, target: string, actions: readonly string[]][] = [
  [
    invoking,
    apiArn,
    [
      "lambda:InvokeFunction",
      "lambda:InvokeAsync",
      "lambda:AddPermission",
      "lambda:UpdateFunctionUrlConfig",
      "lambda:CreateFunctionUrlConfig",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:PublishVersion",
    ],
  ],
  [invoking, `${apiArn}:*`, ["lambda:InvokeFunctionUrl"]],
  [invoking, "arn:aws:lambda:*:*:function:gatehouse-*", ["lambda:*"]],
  [invoking, "*", ["*"]],
  [
    invoking,
    guardArn,
    [
      "lambda:InvokeFunction",
      "lambda:InvokeAsync",
      "lambda:AddPermission",
      "lambda:CreateFunctionUrlConfig",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:PublishVersion",
    ],
  ],
  [invoking, `${guardArn}:1`, ["lambda:Invoke*"]],
  [
    impersonating,
    guardRole,
    ["iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"],
  ],
  [impersonating, "*", ["iam:PutRolePolicy"]],
  [impersonating, `arn:aws:iam::${account}:role/*`, ["iam:AttachRolePolicy"]],
  [impersonating, parameter, ["ssm:PutParameter", "ssm:DeleteParameter", "ssm:DeleteParameters"]],
  [
    impersonating,
    pool,
    [
      "cognito-idp:*",
      "cognito-idp:Admin*",
      "cognito-idp:AddUserPoolClientSecret",
      "cognito-idp:AdminAddUserToGroup",
      "cognito-idp:AdminConfirmSignUp",
      "cognito-idp:AdminCreateUser",
      "cognito-idp:AdminEnableUser",
      "cognito-idp:AdminInitiateAuth",
      "cognito-idp:AdminLinkProviderForUser",
      "cognito-idp:AdminResetUserPassword",
      "cognito-idp:AdminRespondToAuthChallenge",
      "cognito-idp:AdminSetUserMFAPreference",
      "cognito-idp:AdminSetUserPassword",
      "cognito-idp:AdminSetUserSettings",
      "cognito-idp:AdminUpdateUserAttributes",
      "cognito-idp:CreateIdentityProvider",
      "cognito-idp:CreateUserImportJob",
      "cognito-idp:CreateUserPoolClient",
      "cognito-idp:DescribeIdentityProvider",
      "cognito-idp:DescribeUserPoolClient",
      "cognito-idp:ListUserPoolClientSecrets",
      "cognito-idp:SetUserPoolMfaConfig",
      "cognito-idp:StartUserImportJob",
      "cognito-idp:UpdateIdentityProvider",
      "cognito-idp:UpdateUserPool",
      "cognito-idp:UpdateUserPoolClient",
    ],
  ],
  [impersonating, "arn:aws:cognito-idp:*:*:userpool/*", ["cognito-idp:*UserPoolClient"]],
  [
    impersonating,
    distribution,
    ["cloudfront:UpdateDistribution", "cloudfront:UpdateDistributionWithStagingConfig"],
  ],
];

test.each(
  dangers.flatMap(([rule, target, actions]) => actions.map((action) => [action, target, rule])),
)("%s on %s is refused wherever it is written", (action, target, rule) => {
  const policy = allow(action, target);
  const places: readonly Resource[] = [
    resource("aws:iam/rolePolicy:RolePolicy", "A", { role: "other", policy }),
    resource("aws:iam/policy:Policy", "B", { policy }, { outputs: { arn: "arn:b" } }),
    resource("aws:iam/userPolicy:UserPolicy", "C", { policy: JSON.stringify(policy) }),
    resource("aws:iam/groupPolicy:GroupPolicy", "D", { policy: { "<secret>": policy } }),
    resource("aws:iam/role:Role", "E", {
      inlinePolicies: [{}, { name: "inline", policy: JSON.stringify(policy) }],
    }),
  ];
  for (const place of places) expect(check(place)).toEqual([rule]);
});

test.each([
  [["cognito-idp:AdminGetUser", "cognito-idp:ListUsers*", "cognito-idp:DescribeUserPool"], pool],
  [["cognito-idp:AdminDisableUser", "cognito-idp:AdminUserGlobalSignOut"], pool],
  ["cognito-idp:*", `${pool}2`],
  ["cloudfront:CreateInvalidation", distribution],
  ["cloudfront:*", `arn:aws:cloudfront::${account}:distribution/OTHER`],
  ["ssm:GetParameter", parameter],
  ["ssm:*", `arn:aws:ssm:eu-central-1:${account}:parameter/shop/*`],
  ["lambda:GetFunctionConfiguration", guardArn],
])("%j on %s makes nobody somebody else", (action, target) => {
  const policy = allow(action, target);
  expect(check(resource("aws:iam/rolePolicy:RolePolicy", "A", { policy }))).toEqual([]);
});

test("linking the backend to another function, which adds this statement, is refused", () => {
  const changes = {
    [resourceNames.apiRole]: {
      inlinePolicies: [{ name: "inline", policy: allow("lambda:InvokeFunction", apiArn) }],
    },
  };
  expect(checkWhoMayInvoke(chainUnderTest({ changes }))).toEqual([
    {
      rule: "invoke-granted",
      resource: "aws:iam/role:Role::GateApiRole",
      message: `may allow lambda:InvokeFunction on ${apiArn}, and every principal with that permission can call the backend past the guard; link on a function grants this too: remove the link, name other resources or narrower actions`,
    },
  ]);
});

test("linking the user pool to another function, which adds this statement, is refused", () => {
  const policy = allow("cognito-idp:*", pool);
  const role = resource("aws:iam/role:Role", "OtherRole", { inlinePolicies: [{ policy }] });
  expect(checkWhoMayInvoke(chainUnderTest({ added: [role] }))).toEqual([
    {
      rule: "impersonation-granted",
      resource: "aws:iam/role:Role::OtherRole",
      message: `may allow cognito-idp:AdminConfirmSignUp on ${pool}, and every principal with that permission can make users, or sign in as any of them; link on a function grants this too: remove the link, name other resources or narrower actions`,
    },
  ]);
});

test("the guard's own statements are refused in the hands of another role", () => {
  const changes = { [resourceNames.guardPolicy]: { role: "other" } };
  expect(rulesOf(checkWhoMayInvoke(chainUnderTest({ changes })))).toEqual(["invoke-granted"]);
});

test("a second backend behind the guard is as closed as the first", () => {
  const arn = `arn:aws:lambda:eu-central-1:${account}:function:second`;
  const host = "second.lambda-url.eu-central-1.on.aws";
  const second = [
    resource("aws:lambda/function:Function", "Second", { name: "second" }, { outputs: { arn } }),
    resource(
      "aws:lambda/functionUrl:FunctionUrl",
      "SecondUrl",
      { functionName: "second" },
      { outputs: { functionUrl: `https://${host}/` } },
    ),
  ];
  const policy = allow("lambda:InvokeFunction", arn);
  const added = [...second, resource("aws:iam/rolePolicy:RolePolicy", "A", { role: "x", policy })];
  expect(rulesOf(checkWhoMayInvoke(chainUnderTest({ added })))).toEqual([]);
  const origins = [originUnderTest, { ...originUnderTest, originId: "/b/*", domainName: host }];
  const changes = { [resourceNames.distribution]: { origins } };
  expect(rulesOf(checkWhoMayInvoke(chainUnderTest({ added, changes })))).toEqual([
    "invoke-granted",
  ]);
});

test("a policy that cannot be read counts as allowing everything", () => {
  expect(check(resource("aws:iam/rolePolicy:RolePolicy", "A", { policy: "<unknown>" }))).toEqual([
    "invoke-granted",
  ]);
});

test("managed policies are known ones, or written in the stage", () => {
  const own = resource(
    "aws:iam/policy:Policy",
    "Own",
    { policy: allow("s3:GetObject", "*") },
    { outputs: { arn: "arn:aws:iam::123456789012:policy/own" } },
  );
  const attach = (arn: string) =>
    resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "Attached", {
      role: "other",
      policyArn: arn,
    });
  expect(check(own, attach("arn:aws:iam::123456789012:policy/own"))).toEqual([]);
  expect(check(attach(basicExecution))).toEqual([]);
  // As SST attaches them to a service, and to the instances of a Vpc.
  for (const name of [
    "service-role/AmazonECSTaskExecutionRolePolicy",
    "AmazonSSMManagedInstanceCore",
  ])
    expect(check(attach(`arn:aws:iam::aws:policy/${name}`))).toEqual([]);
  for (const arn of [
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
    "arn:aws:iam::123456789012:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::123456789012:policy/own",
  ]) {
    expect(check(attach(arn))).toEqual(["invoke-through-managed-policy"]);
    const role = resource("aws:iam/role:Role", "Other", { managedPolicyArns: [arn] });
    expect(check(role)).toEqual(["invoke-through-managed-policy"]);
  }
});
