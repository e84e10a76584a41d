import { expect, test } from "vitest";

import { edgeRoleName, edgeRolePolicy, edgeRoleTrust } from "./edge-role.ts";

test("the edge role may call one function through its URL, read its own parameters, write its log, and nothing else", () => {
  expect(
    edgeRolePolicy({
      functionArns: ["arn:aws:lambda:eu-central-1:123456789012:function:api"],
      parameterPrefixArn: "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage",
      logGroupArn: "arn:aws:logs:*:123456789012:log-group:/gatehouse/app/stage/guard",
    }),
  ).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "CallTheFunctionUrl",
        Effect: "Allow",
        Action: "lambda:InvokeFunctionUrl",
        Resource: ["arn:aws:lambda:eu-central-1:123456789012:function:api"],
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Sid: "InvokeThroughTheUrlOnly",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: ["arn:aws:lambda:eu-central-1:123456789012:function:api"],
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
      {
        Sid: "ReadItsOwnSettings",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: [
          "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage/clients/*",
          "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage/jwks",
          "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage/revoked",
          "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage/revoked/*",
        ],
      },
      {
        Sid: "ReadTheClientSecret",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource:
          "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/app/stage/web-client-secret",
      },
      {
        Sid: "WriteItsLog",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [
          "arn:aws:logs:*:123456789012:log-group:/gatehouse/app/stage/guard",
          "arn:aws:logs:*:123456789012:log-group:/gatehouse/app/stage/guard:*",
        ],
      },
    ],
  });
});

test("only Lambda and Lambda@Edge may assume it", () => {
  expect(edgeRoleTrust.Statement.map(({ Principal }) => Principal)).toEqual([
    { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
  ]);
});

test("its name is fixed by app, stage and region: IAM has no regions, and a stage's state has one", () => {
  expect(edgeRoleName("gatehouse", "anna", "eu-central-1")).toBe(
    "gatehouse-anna-eu-central-1-guard",
  );
  expect(edgeRoleName("gatehouse", "anna", "eu-west-1")).toBe("gatehouse-anna-eu-west-1-guard");
});
