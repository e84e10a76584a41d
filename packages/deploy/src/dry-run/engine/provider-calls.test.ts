import { describe, expect, test } from "vitest";

import { answerProviderCall } from "./provider-calls.ts";

function call(token: string, inputs: Record<string, unknown>, parameters = {}) {
  return answerProviderCall({ token, inputs, region: "eu-west-1" }, parameters);
}

test("says which region the provider is of, as versions 6 and 7 do", () => {
  expect(call("aws:index/getRegion:getRegion", {})).toMatchObject({
    name: "eu-west-1",
    region: "eu-west-1",
  });
});

test("makes up what others have made, the same each time, in AWS's shapes", () => {
  const filters = [{ name: "vpc-id", values: ["vpc-1"] }];
  const subnets = call("aws:ec2/getSubnets:getSubnets", { filters });
  expect(subnets).toEqual({
    filters,
    id: expect.stringMatching(/^subnets-[0-9a-f]{17}$/),
    ids: [subnets["id"]],
    names: [subnets["id"]],
    arn: `arn:aws:ec2:eu-west-1:123456789012:subnets/${String(subnets["id"])}`,
    arns: [subnets["arn"]],
  });
  expect(call("aws:ec2/getSubnets:getSubnets", { filters })).toEqual(subnets);
  expect(call("aws:ec2/getSubnets:getSubnets", {})["id"]).not.toBe(subnets["id"]);
});

test.each([
  [
    "aws:index/getAvailabilityZones:getAvailabilityZones",
    {},
    { names: ["a", "b", "c"].map((zone) => `eu-west-1${zone}`) },
  ],
  [
    "aws:index/getArn:getArn",
    { arn: "arn:aws:sns:eu-west-1:1:a:b" },
    { service: "sns", account: "1", resource: "a:b" },
  ],
  ["aws:ssm/getParameter:getParameter", { name: "/theirs" }, { value: "made-up" }],
  ["aws:ssm/getParameter:getParameter", { name: "/ours" }, { value: "as it was left" }],
])("answers %s for %j as AWS would", (token, inputs, expected) => {
  expect(call(token, inputs, { "/ours": "as it was left" })).toMatchObject(expected);
});

describe("getPolicyDocument", () => {
  const token = "aws:iam/getPolicyDocument:getPolicyDocument";

  test("writes the policy as the provider does", () => {
    const { json, minifiedJson } = call(token, {
      statements: [
        {
          sid: "One",
          actions: ["s3:GetObject"],
          resources: ["a", "b"],
          conditions: [
            { test: "StringEquals", variable: "x", values: ["1"] },
            { test: "StringEquals", variable: "y", values: ["2", "3"] },
          ],
        },
        {
          effect: "Deny",
          notActions: ["sts:AssumeRole"],
          notResources: ["c"],
          principals: [
            { type: "Service", identifiers: ["lambda.amazonaws.com"] },
            { type: "Service", identifiers: ["edgelambda.amazonaws.com"] },
            { type: "AWS", identifiers: ["123456789012"] },
          ],
        },
        { actions: ["*"], principals: [{ type: "*", identifiers: ["*"] }], conditions: [] },
      ],
    });
    const document = {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "One",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: ["a", "b"],
          Condition: { StringEquals: { x: "1", y: ["2", "3"] } },
        },
        {
          Effect: "Deny",
          NotAction: "sts:AssumeRole",
          NotResource: "c",
          Principal: {
            Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"],
            AWS: "123456789012",
          },
        },
        { Effect: "Allow", Action: "*", Principal: "*" },
      ],
    };
    expect(minifiedJson).toBe(JSON.stringify(document));
    expect(json).toBe(JSON.stringify(document, null, 2));
  });

  test("says nothing of statements when there are none, as SST expects", () => {
    expect(call(token, { statements: [] })["statements"]).toBeUndefined();
  });
});

describe("getParametersByPath", () => {
  const token = "aws:ssm/getParametersByPath:getParametersByPath";
  const parameters = { "/a/z": "1", "/a/b/c": "2", "/ab": "3", "/a": "4" };
  const arn = (name: string) => `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`;

  const found: [
    what: string,
    inputs: Record<string, unknown>,
    names: string[],
    values: string[],
  ][] = [
    ["one level", { path: "/a" }, ["/a/z"], ["1"]],
    ["all levels, sorted", { path: "/a", recursive: true }, ["/a/b/c", "/a/z"], ["2", "1"]],
    ["a path with a slash at its end", { path: "/a/" }, ["/a/z"], ["1"]],
    ["nothing", { path: "/none", recursive: true }, [], []],
  ];

  test.each(found)("finds %s", (_what, inputs, names, values) => {
    expect(call(token, inputs, parameters)).toEqual({
      id: inputs["path"],
      path: inputs["path"],
      recursive: inputs["recursive"] ?? false,
      names,
      values,
      arns: names.map(arn),
      types: names.map(() => "String"),
    });
  });

  test("refuses a path that AWS would refuse", () => {
    expect(() => call(token, { path: "a" })).toThrow("begins with a slash, not a");
  });
});

describe("getFunctionUrl", () => {
  const token = "aws:lambda/getFunctionUrl:getFunctionUrl";

  test("makes up a locked Function URL for the function's name, the same each time", () => {
    const answer = call(token, { functionName: "legacy" });
    expect(answer).toMatchObject({
      id: "legacy",
      functionName: "legacy",
      functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:legacy",
      functionUrl: expect.stringMatching(
        /^https:\/\/[0-9a-f]{32}\.lambda-url\.eu-west-1\.on\.aws\/$/,
      ),
      authorizationType: "AWS_IAM",
    });
    expect(call(token, { functionName: "legacy" })).toEqual(answer);
    expect(call(token, { functionName: "other" })["functionUrl"]).not.toBe(answer["functionUrl"]);
  });

  test.each([undefined, "", "legacy:1", "arn:aws:lambda:eu-west-1:1:function:legacy"])(
    "takes a name, not %s",
    (functionName) => {
      expect(() => call(token, { functionName })).toThrow("takes the name of a function");
    },
  );
});
