import { expect, test } from "vitest";

import { madeUpOutputs } from "./made-up-outputs.ts";

const request = { name: "Thing", region: "eu-central-1", stack: "app/jane" };

function make(type: string, inputs: Record<string, unknown> = {}, stack = "app/jane") {
  return madeUpOutputs({ ...request, type, inputs, stack });
}

const shapes: [type: string, inputs: Record<string, unknown>, outputs: Record<string, unknown>][] =
  [
    [
      "aws:lambda/function:Function",
      { publish: true },
      {
        id: "Thing-0000000",
        arn: "arn:aws:lambda:eu-central-1:123456789012:function:Thing-0000000",
        version: "1",
        qualifiedArn: "arn:aws:lambda:eu-central-1:123456789012:function:Thing-0000000:1",
      },
    ],
    ["aws:lambda/function:Function", { name: "own" }, { name: "own", version: "$LATEST" }],
    [
      "aws:lambda/functionUrl:FunctionUrl",
      { functionName: "fn" },
      {
        id: "fn",
        functionUrl: expect.stringMatching(
          /^https:\/\/[0-9a-f]{32}\.lambda-url\.eu-central-1\.on\.aws\/$/,
        ),
      },
    ],
    [
      "aws:iam/role:Role",
      { name: "guard" },
      { id: "guard", arn: "arn:aws:iam::123456789012:role/guard" },
    ],
    [
      "aws:iam/role:Role",
      { name: "a", path: "/b/" },
      { arn: "arn:aws:iam::123456789012:role/b/a" },
    ],
    ["aws:iam/rolePolicy:RolePolicy", { role: "guard", name: "p" }, { id: "guard:p" }],
    [
      "aws:cloudfront/distribution:Distribution",
      {},
      {
        id: expect.stringMatching(/^E[0-9A-F]{13}$/),
        domainName: expect.stringMatching(/^d[0-9a-f]{13}\.cloudfront\.net$/),
      },
    ],
    [
      "aws:cloudfront/function:Function",
      { name: "f" },
      { arn: expect.stringMatching(/:function\/f$/) },
    ],
    [
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
      {},
      { id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) },
    ],
    [
      "aws:cognito/userPool:UserPool",
      {},
      {
        id: expect.stringMatching(/^eu-central-1_[0-9a-f]{9}$/),
        arn: expect.stringMatching(
          /^arn:aws:cognito-idp:eu-central-1:123456789012:userpool\/eu-central-1_[0-9a-f]{9}$/,
        ),
      },
    ],
    [
      "aws:cognito/userPoolClient:UserPoolClient",
      { generateSecret: true },
      {
        id: expect.stringMatching(/^[0-9a-f]{26}$/),
        clientSecret: expect.stringMatching(/^[0-9a-f]{52}$/),
      },
    ],
    ["aws:cognito/userPoolDomain:UserPoolDomain", { domain: "d" }, { id: "d" }],
    ["aws:cognito/userGroup:UserGroup", { userPoolId: "p", name: "admin" }, { id: "p/admin" }],
    [
      "aws:cognito/resourceServer:ResourceServer",
      { userPoolId: "p", identifier: "api", scopes: [{ scopeName: "read" }] },
      { id: "p|api", scopeIdentifiers: ["api/read"] },
    ],
    [
      "aws:ssm/parameter:Parameter",
      { name: "/a/b" },
      { id: "/a/b", arn: "arn:aws:ssm:eu-central-1:123456789012:parameter/a/b" },
    ],
    ...["aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"].map((type): (typeof shapes)[number] => [
      type,
      { bucket: "b" },
      {
        id: "b",
        arn: "arn:aws:s3:::b",
        bucketRegionalDomainName: "b.s3.eu-central-1.amazonaws.com",
      },
    ]),
    ["aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "b", key: "k" }, { id: "k" }],
    [
      "aws:wafv2/webAcl:WebAcl",
      { name: "acl", scope: "CLOUDFRONT" },
      {
        arn: expect.stringMatching(
          /^arn:aws:wafv2:eu-central-1:123456789012:global\/webacl\/acl\/[0-9a-f-]{36}$/,
        ),
      },
    ],
    ["aws:cloudwatch/logGroup:LogGroup", { name: "/a" }, { id: "/a", name: "/a" }],
    [
      "random:index/randomBytes:RandomBytes",
      { length: 2 },
      {
        hex: "63a5",
        base64: "Y6U=",
      },
    ],
    ["pulumi-nodejs:dynamic:Resource", {}, { id: "Thing", isDone: true }],
    [
      "aws:sqs/queue:Queue",
      {},
      { id: "Thing-0000000", arn: "arn:aws:sqs:eu-central-1:123456789012:queue/Thing-0000000" },
    ],
    ["tls:index/privateKey:PrivateKey", {}, { id: "Thing" }],
  ];

test.each(shapes)("fills in what AWS would for %s", (type, inputs, outputs) => {
  expect(make(type, inputs)).toMatchObject(outputs);
});

test("gives a client a secret only when it asks for one", () => {
  expect(
    make("aws:cognito/userPoolClient:UserPoolClient", { generateSecret: false }),
  ).not.toHaveProperty("clientSecret");
});

test("makes up the same ids each time, and other ones for another stage", () => {
  const type = "aws:cognito/userPool:UserPool";
  expect(make(type)).toEqual(make(type));
  expect(make(type, {}, "app/joan").id).not.toBe(make(type).id);
});
