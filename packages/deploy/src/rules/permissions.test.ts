import { expect, test } from "vitest";

import type { Resource } from "../graph.ts";
import { checkBackendPermissions, checkPublicPermissions } from "./permissions.ts";
import {
  chainUnderTest,
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "./graph-under-test.ts";

const apiName = "gatehouse-anna-ApiFunction-bafkksbh";
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
    expect(checkPublicPermissions(graphUnderTest({ added }))).toEqual([]);
    expect(checkBackendPermissions(chainUnderTest({ added }))).toEqual([]);
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
    expect(rulesOf(checkBackendPermissions(chain))).toEqual(["permission-backend"]);
  }
});

test("everybody may call nothing", () => {
  const added = [other, permission("other", "*")];
  expect(rulesOf(checkPublicPermissions(graphUnderTest({ added })))).toEqual(["permission-public"]);
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
  expect(rulesOf(checkBackendPermissions(chainUnderTest({ added })))).toEqual([
    "permission-backend",
  ]);
});
