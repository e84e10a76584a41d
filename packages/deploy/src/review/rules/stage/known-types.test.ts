import { expect, test } from "vitest";

import { graphUnderTest, resource } from "../../../../test/graph-under-test.ts";
import { checkKnownTypes } from "./known-types.ts";

function check(...types: readonly string[]) {
  const added = types.map((type) => resource(type, "Added", {}));
  return checkKnownTypes(graphUnderTest({ added }));
}

test("what a gate makes, what docs/ tell people to add, and a few that open nothing are known", () => {
  expect(checkKnownTypes(graphUnderTest())).toEqual([]);
  expect(
    check(
      "aws:cognito/identityProvider:IdentityProvider",
      "aws:cognito/managedLoginBranding:ManagedLoginBranding",
      "aws:lambda/permission:Permission",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:wafv2/webAcl:WebAcl",
      "aws:dynamodb/table:Table",
      "aws:sqs/queue:Queue",
    ),
  ).toEqual([]);
});

test("what is not AWS's is none of its business", () => {
  expect(check("sst:aws:Function", "pulumi:providers:aws", "random:index/randomBytes:A")).toEqual(
    [],
  );
});

test.each([
  "aws:cognito/managedUserPoolClient:ManagedUserPoolClient",
  "aws:cognito/user:User",
  "aws:cognito/userInGroup:UserInGroup",
  "aws:cloudformation/stack:Stack",
  "aws:iam/accessKey:AccessKey",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws-native:lambda:Function",
])("%s is not", (type) => {
  expect(check(type)).toEqual([
    {
      rule: "type-unknown",
      resource: `${type}::Added`,
      message: `${type} has not been reviewed: read what it grants, then add it to packages/deploy/src/review/rules/stage/known-types.ts`,
    },
  ]);
});
