import { expect, test } from "vitest";

import { createPlan } from "./plan.ts";
import { printPlan } from "./print-plan.ts";
import {
  accessUnderTest as access,
  annaStage,
  graphUnderTest,
  resourceNames,
} from "../../../test/graph-under-test.ts";
import { checkGraph } from "../rules/rules.ts";

function plan(change?: Parameters<typeof graphUnderTest>[0]) {
  const graph = graphUnderTest(change);
  return createPlan(graph, annaStage, access, checkGraph(graph, annaStage, access));
}

test("a stage in order is told in a minute", () => {
  expect(printPlan(plan()))
    .toBe(`gatehouse, stage anna: what a deployment would make. Nothing has been deployed.
Ids, account and host names that AWS chooses are made up here.

Stage
  kind            personal
  live debugging  no
  sst remove      deletes everything except what is marked below
  home region     eu-central-1; the guard in us-east-1, with replicas where callers are
  address         CloudFront's own name
  certificate     CloudFront's own
  backend         512 MB, 60 s
  answers         streamed
  origin timeout  30 s; idle connections are kept 5 s
  firewall        none
  sign-up         by administrators only
  implicit grant  off
  revocation      on; requests with a token get 503 if the list is over a minute old
  caller's token  not sent to the backend

Public
  CloudFront          https://dd11d7b4aa6785.cloudfront.net
  hosted sign-in      https://gatehouse-anna-0a1b2c3d.auth.eu-central-1.amazoncognito.com
  without a sign-in   /public/*, otherwise /*: everyone who has signed in; every machine; every IAM
                      service
  scripts of origins  https://tools.example

Protected by access.ts
  /admin/*  people in the group admin
  /*        everyone who has signed in; every machine; every IAM service

Ways in
  GateCdnDistribution, every path
    passes    gatehouse-anna-Guard, version 1, at origin-request with the body
    reaches   GateApiUrl
    forwards  all but Host
    caches    nothing
  GateApiUrl, Function URL of GateApiFunction
    opens to  IAM only
    mode      RESPONSE_STREAM
  No function has a resource policy.

Who gets tokens
  gatehouse-anna-machine: client_credentials; with a secret
    scopes      api/read, api/write
    returns to  nowhere
  gatehouse-anna-web: code; with a secret
    scopes      openid, email, profile
    returns to  https://dd11d7b4aa6785.cloudfront.net/.auth/callback

Who may do what
  gatehouse-anna-GateApiRole-bafkksbh (GateApiRole), assumed by lambda.amazonaws.com
    has the policy AWSLambdaBasicExecutionRole
  gatehouse-anna-eu-central-1-guard (GateGuardRole), assumed by lambda.amazonaws.com,
  edgelambda.amazonaws.com
    may call the Function URL
      actions  lambda:InvokeFunctionUrl
      on       lambda eu-central-1 function:gatehouse-anna-GateApiFunction-bafkksbh
      only if  lambda:FunctionUrlAuthType is AWS_IAM
    may invoke the function
      actions  lambda:InvokeFunction
      on       lambda eu-central-1 function:gatehouse-anna-GateApiFunction-bafkksbh
      only if  lambda:InvokedViaFunctionUrl is true
    may read parameters
      actions  ssm:GetParameters
      on       ssm eu-central-1 parameter/gatehouse/gatehouse/anna/clients/*
      on       ssm eu-central-1 parameter/gatehouse/gatehouse/anna/jwks
      on       ssm eu-central-1 parameter/gatehouse/gatehouse/anna/revoked
      on       ssm eu-central-1 parameter/gatehouse/gatehouse/anna/revoked/*
    may read parameters
      actions  ssm:GetParameters
      on       ssm eu-central-1 parameter/gatehouse/gatehouse/anna/web-client-secret
    may write logs
      actions  logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents
      on       logs * log-group:/gatehouse/gatehouse/anna/guard
      on       logs * log-group:/gatehouse/gatehouse/anna/guard:*

Code
  gatehouse-anna-Guard: bytes and SHA-256
    lambda.cjs              40,400  1111111111111111111111111111111111111111111111111111111111111111
    parameters.cjs         180,000  2222222222222222222222222222222222222222222222222222222222222222
    fetch-key-set.cjs        1,200  3333333333333333333333333333333333333333333333333333333333333333
    settings.json            1,900  4444444444444444444444444444444444444444444444444444444444444444
    stage-revocations.cjs    4,900  5555555555555555555555555555555555555555555555555555555555555555
    sessions.cjs            26,000  6666666666666666666666666666666666666666666666666666666666666666
    resource.cjs            11,000  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    responses.cjs            2,500  8888888888888888888888888888888888888888888888888888888888888888
    libraries.cjs           13,000  9999999999999999999999999999999999999999999999999999999999999999
    sealing.json               200  [secret]
    access.json              1,300  7777777777777777777777777777777777777777777777777777777777777777

Resources (21)
  eu-central-1
    cloudwatch LogGroup GateApiLogGroup        /aws/lambda/gatehouse-anna-GateApiFunction-bafkksbh
    cognito ResourceServer GateResourceServer  api
    cognito UserGroup AdminGroup               admin
    cognito UserPool GateUsersUserPool         gatehouse-anna-GateUsersUserPool-bafkksbh
    cognito UserPoolClient GateMachineClient   gatehouse-anna-machine
    cognito UserPoolClient GateWebClient       gatehouse-anna-web
    cognito UserPoolDomain GateSignInDomain    gatehouse-anna-0a1b2c3d
    lambda Function GateApiFunction            gatehouse-anna-GateApiFunction-bafkksbh
    lambda FunctionUrl GateApiUrl
    ssm Parameter ParameterMachine             /gatehouse/gatehouse/anna/clients/machine
    ssm Parameter ParameterWeb                 /gatehouse/gatehouse/anna/clients/web
    ssm Parameter ParameterSecret              /gatehouse/gatehouse/anna/web-client-secret
    ssm Parameter ParameterGuard               /gatehouse/gatehouse/anna/guard
    ssm Parameter ParameterOutputs             /gatehouse/gatehouse/anna/outputs
    ssm Parameter ParameterRevoked             /gatehouse/gatehouse/anna/revoked
  us-east-1
    lambda Function gatehouse-anna-Guard  (left behind; npx gatehouse sweep deletes it)
  everywhere
    cloudfront Distribution GateCdnDistribution
    cloudfront Function GateCloudfrontFunction   gatehouse-anna-GateCloudfrontFunction-bafkksbh
                                                 (SST's own; on no path)
    iam Role GateApiRole                         gatehouse-anna-GateApiRole-bafkksbh
    iam Role GateGuardRole                       gatehouse-anna-eu-central-1-guard
    iam RolePolicy GateGuardPolicy

Nothing that AWS would refuse.
`);
});

test("what is refused comes last, with rule, resource and reason", () => {
  const changes = {
    [resourceNames.apiUrl]: { authorizationType: "NONE" },
    [resourceNames.guard]: { publish: false },
  };
  const lines = printPlan(plan({ changes })).split("\n");
  expect(lines.slice(lines.indexOf("Refused, for 2 reasons"))).toEqual([
    "Refused, for 2 reasons",
    "  function-url-auth",
    "    lambda FunctionUrl GateApiUrl is not locked by AWS_IAM; anybody who learns its address calls the",
    "    function without the guard: set authorization to iam",
    "  guard-version",
    "    lambda Function gatehouse-anna-Guard is not published; CloudFront takes a numbered version only,",
    "    never $LATEST: set publish to true",
    "",
  ]);
  expect(lines).not.toContain("Nothing that AWS would refuse.");
});

test("a graph with next to nothing in it is still told", () => {
  const empty = { ...graphUnderTest(), resources: [] };
  const text = printPlan(
    createPlan(empty, annaStage, access, checkGraph(empty, annaStage, access)),
  );
  expect(text).toContain("Resources (0)\n  none\n");
  expect(text).toContain("  part-missing\n");
});

test("no line is longer than a terminal, and the same graph gives the same text", () => {
  const text = printPlan(plan());
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(printPlan(plan())).toBe(text);
});

test("as JSON it holds the same, and no secret", () => {
  const json = JSON.stringify(plan());
  expect(JSON.parse(json)).toEqual(plan());
  expect(json).not.toContain("swordfish");
  expect(json).not.toContain("secret>");
});
