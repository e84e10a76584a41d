import { expect, test } from "vitest";

import { backendArns } from "./backend-arns.ts";
import { checkGuardRole } from "../guard/guard-role.ts";
import {
  chainUnderTest,
  guardPolicyDocument,
  originUnderTest as origin,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkWhoMayInvoke } from "../guard/who-may-invoke.ts";

const apiArn =
  "arn:aws:lambda:eu-central-1:123456789012:function:gatehouse-anna-GateApiFunction-bafkksbh";
const host = "0123456789abcdef0123456789abcdef.lambda-url.eu-west-1.on.aws";
const legacy = "arn:aws:lambda:eu-west-1:123456789012:function:legacy";
const [callUrl, invoke, ...others] = guardPolicyDocument.Statement;

/** The chain with an origin for a function that others deploy, and a policy that names functions. */
function chainWith(named: readonly string[], ...added: Parameters<typeof resource>[]) {
  return chainThatLooksUp(legacy, named, ...added);
}

function chainThatLooksUp(
  functionArn: string,
  named: readonly string[],
  ...added: Parameters<typeof resource>[]
) {
  const Statement = [{ ...callUrl, Resource: named }, { ...invoke, Resource: named }, ...others];
  return chainUnderTest({
    changes: {
      [resourceNames.distribution]: {
        origins: [origin, { ...origin, originId: "/legacy/*", domainName: host }],
      },
      [resourceNames.guardPolicy]: { policy: { Version: "2012-10-17", Statement } },
    },
    added: added.map((inputs) => resource(...inputs)),
    lookups: [
      {
        token: "aws:lambda/getFunctionUrl:getFunctionUrl",
        inputs: { functionName: "legacy" },
        outputs: { functionUrl: `https://${host}/`, functionArn, authorizationType: "AWS_IAM" },
      },
    ],
  });
}

test("the stage's own functions are told by the graph", () => {
  expect(backendArns(chainUnderTest())).toEqual([apiArn]);
});

test("a function that others deploy is told by its look-up, and may be behind the guard", () => {
  expect(backendArns(chainWith([]))).toEqual([apiArn, legacy]);
  expect(checkGuardRole(chainWith([apiArn, legacy]))).toEqual([]);
});

test.each([
  ["nothing", [apiArn]],
  ["everything", [apiArn, "*"]],
  ["every function there", [apiArn, "arn:aws:lambda:eu-west-1:123456789012:function:*"]],
  ["a version of it", [apiArn, `${legacy}:1`]],
  ["a function of another region", [apiArn, legacy.replace("eu-west-1", "eu-central-1")]],
  ["a function of another account", [apiArn, legacy.replace("123456789012", "999999999999")]],
  ["no function", [apiArn, "arn:aws:s3:::bucket"]],
  ["the app's function twice", [apiArn, apiArn]],
  ["the order of the origins turned round", [legacy, apiArn]],
  ["one function more", [apiArn, legacy, `${legacy}2`]],
])("a policy that names %s for it is refused", (_what, named) => {
  expect(rulesOf(checkGuardRole(chainWith(named)))).toEqual(["guard-role-policy"]);
});

test("a function that the stage deploys is no stranger's, and stands by its own host only", () => {
  const other = [
    "aws:lambda/function:Function",
    "Legacy",
    { name: "legacy" },
    { outputs: { arn: legacy } },
  ] as const;
  expect(rulesOf(checkGuardRole(chainWith([apiArn, legacy], [...other])))).toEqual([
    "guard-role-policy",
  ]);
});

test("nobody else may call it either", () => {
  const policy = {
    Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: legacy }],
  };
  const grant = ["aws:iam/rolePolicy:RolePolicy", "Grant", { role: "other", policy }] as const;
  expect(rulesOf(checkWhoMayInvoke(chainWith([apiArn, legacy], [...grant])))).toEqual([
    "invoke-granted",
  ]);
});

test.each([
  legacy.replace("eu-west-1", "eu-central-1"),
  legacy.replace("123456789012", "999999999999"),
  `${legacy}:1`,
  apiArn,
])("a look-up that tells %s is not believed, even where the policy names it", (arn) => {
  const chain = chainThatLooksUp(arn, [apiArn, arn]);
  expect(backendArns(chain)).toEqual([apiArn, `the function behind ${host}`]);
  expect(rulesOf(checkGuardRole(chain))).toEqual(["guard-role-policy"]);
});

test("an origin that nobody looked up is told by its host", () => {
  const chain = chainWith([apiArn, legacy]);
  const typed = { ...chain, graph: { ...chain.graph, lookups: [] } };
  expect(backendArns(typed)).toEqual([apiArn, `the function behind ${host}`]);
  expect(rulesOf(checkGuardRole(typed))).toEqual(["guard-role-policy"]);
});
