import { expect, test } from "vitest";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { checkChainPermissions, checkPermissionPrincipals } from "./permissions.ts";
import {
  chainUnderTest,
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const apiName = "gatehouse-anna-GateApiFunction-bafkksbh";
const other = resource(
  "aws:lambda/function:Function",
  "OtherFunction",
  { name: "other" },
  { outputs: { arn: "arn:aws:lambda:eu-central-1:123456789012:function:other" } },
);

function permission(target: unknown, principal: string): Resource {
  return resource("aws:lambda/permission:Permission", "Permission", {
    action: "lambda:InvokeFunction",
    function: target,
    principal,
  });
}

test("a service may call another function of the stage, by name or ARN", () => {
  for (const target of ["other", "arn:aws:lambda:eu-central-1:123456789012:function:other"]) {
    const added = [other, permission(target, "s3.amazonaws.com")];
    expect(checkPermissionPrincipals(graphUnderTest({ added }))).toEqual([]);
    expect(checkChainPermissions(chainUnderTest({ added }))).toEqual([]);
  }
});

test("a second backend behind the guard is none of the others, and Api never is", () => {
  const host = "other.lambda-url.eu-central-1.on.aws";
  const url = resource(
    "aws:lambda/functionUrl:FunctionUrl",
    "OtherUrl",
    { functionName: "other" },
    { outputs: { functionUrl: `https://${host}/` } },
  );
  const behindTheGuard = { [resourceNames.distribution]: { origins: [{ domainName: host }] } };
  for (const target of ["other", apiName]) {
    const added = [other, url, permission(target, "s3.amazonaws.com")];
    const chain = chainUnderTest({ added, changes: behindTheGuard });
    expect(rulesOf(checkChainPermissions(chain))).toEqual(["permission-backend"]);
  }
});

test("everybody may call nothing", () => {
  const added = [other, permission("other", "*")];
  expect(rulesOf(checkPermissionPrincipals(graphUnderTest({ added })))).toEqual([
    "permission-public",
  ]);
});

test.each([
  "123456789012",
  "arn:aws:iam::999999999999:root",
  "arn:aws:iam::123456789012:role/other",
  "*.amazonaws.com",
  "s3.amazonaws.com.evil.example",
  "<unknown>",
])("nor may accounts, roles or users: %s", (principal) => {
  const added = [other, permission("other", principal)];
  expect(rulesOf(checkPermissionPrincipals(graphUnderTest({ added })))).toEqual([
    "permission-principal",
  ]);
});

test("a user pool may call its trigger, in China too", () => {
  for (const principal of ["cognito-idp.amazonaws.com", "lambda.amazonaws.com.cn"]) {
    const added = [other, permission("other", principal)];
    expect(checkPermissionPrincipals(graphUnderTest({ added }))).toEqual([]);
  }
});

const guardName = "gatehouse-anna-Guard-0000000";
const guardArn = `arn:aws:lambda:us-east-1:123456789012:function:${guardName}`;

test.each([guardName, guardArn, `${guardArn}:1`])("nobody may call the guard: %s", (target) => {
  const added = [other, permission(target, "edgelambda.amazonaws.com")];
  expect(rulesOf(checkChainPermissions(chainUnderTest({ added })))).toEqual(["permission-guard"]);
});

test("a function elsewhere that shares the backend's name does not excuse a permission", () => {
  const namesake = resource(
    "aws:lambda/function:Function",
    "Namesake",
    { name: apiName },
    { region: "us-east-1", outputs: { arn: "arn:aws:lambda:us-east-1:123456789012:function:x" } },
  );
  const added = [namesake, permission(apiName, "s3.amazonaws.com")];
  expect(rulesOf(checkChainPermissions(chainUnderTest({ added })))).toEqual(["permission-backend"]);
});

test.each([
  apiName,
  `arn:aws:lambda:eu-central-1:123456789012:function:${apiName}`,
  `arn:aws:lambda:eu-central-1:123456789012:function:${apiName}:live`,
  `123456789012:function:${apiName}`,
  { "<secret>": apiName },
  "<unknown>",
])("nobody may be let at the backend by a resource policy, whatever it is called: %j", (target) => {
  const added = [other, permission(target, "cloudfront.amazonaws.com")];
  expect(rulesOf(checkChainPermissions(chainUnderTest({ added })))).toEqual(["permission-backend"]);
});
