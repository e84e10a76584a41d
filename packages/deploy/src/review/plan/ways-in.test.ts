import { expect, test } from "vitest";

import {
  behaviorUnderTest as behavior,
  graphUnderTest,
  originUnderTest,
  resource,
  resourceNames,
} from "../../../test/graph-under-test.ts";
import { publicAddresses } from "./addresses.ts";
import { functionUrlsOf, pathsOf, permissionsOf } from "./ways-in.ts";

const { distribution, apiUrl, guard } = resourceNames;
const guarded = {
  distribution,
  path: "every path",
  passes: [`${guard}, version 1, at origin-request with the body`],
  reaches: apiUrl,
  caches: "nothing",
  forwards: "all but Host",
};

test("every path is told with what it passes and where it goes", () => {
  const orderedCacheBehaviors = [
    {
      ...behavior,
      pathPattern: "/b/*",
      lambdaFunctionAssociations: [{ eventType: "viewer-request", lambdaArn: "arn:x" }],
      functionAssociations: [
        {
          eventType: "viewer-response",
          functionArn: "arn:aws:cloudfront::123456789012:function/changes",
        },
      ],
      targetOriginId: "elsewhere",
      cachePolicyId: "0a1b",
      originRequestPolicyId: undefined,
    },
  ];
  const origins = [originUnderTest, { originId: "elsewhere", domainName: "placeholder.sst.dev" }];
  const changes = { [distribution]: { orderedCacheBehaviors, origins } };
  expect(pathsOf(graphUnderTest())).toEqual([guarded]);
  expect(pathsOf(graphUnderTest({ changes }))).toEqual([
    {
      distribution,
      path: "/b/*",
      passes: [
        "cloudfront function/changes, at viewer-response",
        "arn:x, at viewer-request without the body",
      ],
      reaches: "placeholder.sst.dev, which this stage does not deploy",
      caches: "as the policy 0a1b says",
      forwards: "nothing of the viewer's",
    },
    { ...guarded, path: "every other path" },
  ]);
});

test("a path of a StaticSite is told as one whose function chooses", () => {
  const orderedCacheBehaviors = [
    {
      pathPattern: "/assets/*",
      functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:x" }],
      targetOriginId: "default",
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
  ];
  const origins = [originUnderTest, { originId: "default", domainName: "placeholder.sst.dev" }];
  const changes = { [distribution]: { orderedCacheBehaviors, origins } };
  expect(pathsOf(graphUnderTest({ changes }))[0]).toEqual({
    distribution,
    path: "/assets/*",
    passes: ["arn:x, at viewer-request"],
    reaches: "what SST's function of CloudFront chooses",
    caches: "what each file says",
    forwards: "nothing of the viewer's",
  });
});

test("a distribution without anything is told as it is", () => {
  const empty = { defaultCacheBehavior: undefined, origins: undefined };
  const changes = { [distribution]: empty };
  expect(pathsOf(graphUnderTest({ changes }))).toMatchObject([
    { passes: [], reaches: "nothing, which this stage does not deploy" },
  ]);
});

test("Function URLs are told with their lock, and by the name of their function", () => {
  const added = [
    resource("aws:lambda/functionUrl:FunctionUrl", "Other", {
      authorizationType: "NONE",
      functionName: "unknown",
    }),
  ];
  expect(functionUrlsOf(graphUnderTest({ added }))).toEqual([
    {
      name: apiUrl,
      functionName: "GateApiFunction",
      authorization: "AWS_IAM",
      mode: "RESPONSE_STREAM",
    },
    { name: "Other", functionName: "unknown", authorization: "NONE", mode: "BUFFERED" },
  ]);
});

test("what answers strangers are the app, the hosted sign-in, and what IAM does not lock", () => {
  const hosted = "https://gatehouse-anna-0a1b2c3d.auth.eu-central-1.amazoncognito.com";
  expect(publicAddresses(graphUnderTest())).toEqual([
    { what: "CloudFront", url: "https://dd11d7b4aa6785.cloudfront.net" },
    { what: "hosted sign-in", url: hosted },
  ]);
  const changes = {
    [distribution]: { aliases: ["app.example.com"] },
    [apiUrl]: { authorizationType: "NONE" },
  };
  expect(publicAddresses(graphUnderTest({ changes }))).toEqual([
    { what: "CloudFront", url: "https://app.example.com" },
    { what: "hosted sign-in", url: hosted },
    {
      what: "GateApiUrl, not locked",
      url: "https://ea4cd32856fcd59055d919770d415bf5.lambda-url.eu-central-1.on.aws/",
    },
  ]);
});

test("resource policies are told in words", () => {
  const added = [
    resource("aws:lambda/permission:Permission", "Open", {
      principal: "*",
      action: "lambda:InvokeFunctionUrl",
      function: "arn:aws:lambda:eu-central-1:123456789012:function:api",
    }),
  ];
  expect(permissionsOf(graphUnderTest({ added }))).toEqual([
    "* may lambda:InvokeFunctionUrl on lambda eu-central-1 function:api",
  ]);
});
