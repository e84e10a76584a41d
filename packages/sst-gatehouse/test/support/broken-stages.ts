import { statements } from "@sst-gatehouse/local/test/account-from-graph";
import type { AccountState } from "@sst-gatehouse/local/test/account-state";

import {
  api,
  apiRole,
  behavior,
  client,
  configOf,
  guard,
  guardRole,
  policy,
  redeploy,
  revoked,
  statement,
} from "./stage-in-account.ts";

/** Something that somebody changed in the account of a stage. */
export interface Mutation {
  readonly change: (state: AccountState) => void;
  /** The one row that fails, and what it says. */
  readonly id: string;
  readonly problem: string | RegExp;
  readonly mend: string | RegExp;
}

const trust = (...principals: object[]) =>
  statements(
    ...principals.map((Principal) => ({ Effect: "Allow", Action: "sts:AssumeRole", Principal })),
  );
const lambdas = { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] };
const putPolicy =
  /^aws iam put-role-policy --role-name gatehouse-anna-eu-central-1-guard --policy-name GateGuardPolicy-0000000 --policy-document '\{"Version":.*"lambda:InvokedViaFunctionUrl":"true".*\}'$/;
const urlConfig =
  /^aws lambda update-function-url-config --region eu-central-1 --function-name gatehouse-anna-GateApiFunction-\w+ --auth-type AWS_IAM$/;
const allowAll = { Effect: "Allow", Principal: "*" };
const replicator = { Service: "replicator.lambda.amazonaws.com" };
export const minutes = 60_000;
export const failedRead = (logStreamName: string, ago: number) => ({
  logStreamName,
  timestamp: Date.now() - ago,
  message: '{"level":"INFO","message":"{\\"notice\\":\\"revocations_refresh_failed\\"}"}',
});
export const guardLogOf = (state: AccountState) =>
  state.logGroups.find(
    ({ region, logGroupName }) => region === "us-east-1" && logGroupName.endsWith("/guard"),
  )!;

/** By what is wrong. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "a guard's role that another account may take": {
    change: (state) => {
      guardRole(state).trust = trust(lambdas, { AWS: "arn:aws:iam::999999999999:root" });
    },
    id: "guard-role-trust",
    problem:
      "gatehouse-anna-eu-central-1-guard may also be assumed by arn:aws:iam::999999999999:root, who can then speak for every user",
    mend: `aws iam update-assume-role-policy --role-name gatehouse-anna-eu-central-1-guard --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","edgelambda.amazonaws.com"]}}]}'`,
  },
  "one that everybody may take": {
    change: (state) => {
      guardRole(state).trust = statements({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: "*",
      });
    },
    id: "guard-role-trust",
    problem: /may also be assumed by everybody, who can .*; is not trusted by edgelambda/,
    mend: /^aws iam update-assume-role-policy /,
  },
  "one that everybody in every account may take, by AWS": {
    change: (state) => {
      guardRole(state).trust = trust(lambdas, { AWS: "*" });
    },
    id: "guard-role-trust",
    problem: /may also be assumed by everybody/,
    mend: /^aws iam update-assume-role-policy /,
  },
  "one that everybody but somebody may take": {
    change: (state) => {
      guardRole(state).trust = statements({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        NotPrincipal: { AWS: "arn:aws:iam::1:root" },
      });
    },
    id: "guard-role-trust",
    problem: /may also be assumed by everybody but /,
    mend: /^aws iam update-assume-role-policy /,
  },
  "one that Lambda@Edge may not take": {
    change: (state) => {
      guardRole(state).trust = trust({ Service: "lambda.amazonaws.com" });
    },
    id: "guard-role-trust",
    problem:
      "gatehouse-anna-eu-central-1-guard is not trusted by edgelambda.amazonaws.com, so CloudFront cannot run the guard",
    mend: /^aws iam update-assume-role-policy /,
  },
  "one with a further way to be taken": {
    change: (state) => {
      guardRole(state).trust = statements({
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Principal: lambdas,
      });
    },
    id: "guard-role-trust",
    problem: /other conditions on who may assume it/,
    mend: /^aws iam update-assume-role-policy /,
  },
  "a guard's role that may not call Function URLs": {
    change: (state) => {
      policy(state).Statement = policy(state).Statement.filter(
        ({ Action }) => Action !== "lambda:InvokeFunctionUrl",
      );
    },
    id: "guard-role-invoke-url",
    problem:
      "gatehouse-anna-eu-central-1-guard may not lambda:InvokeFunctionUrl: AWS answers 403 to every request that the guard signs, because both permissions are needed",
    mend: putPolicy,
  },
  "one that may not invoke the function": {
    change: (state) => {
      policy(state).Statement = policy(state).Statement.filter(
        ({ Action }) => Action !== "lambda:InvokeFunction",
      );
    },
    id: "guard-role-invoke",
    problem: /^gatehouse-anna-eu-central-1-guard may not lambda:InvokeFunction: AWS answers 403/,
    mend: putPolicy,
  },
  "one that may invoke the function without its URL": {
    change: (state) => {
      delete statement(state, "lambda:InvokeFunction")["Condition"];
    },
    id: "guard-role-invoke",
    problem: /may lambda:InvokeFunction otherwise than Gatehouse allows it\./,
    mend: putPolicy,
  },
  "one that may call URLs of any type": {
    change: (state) => {
      statement(state, "lambda:InvokeFunctionUrl")["Condition"] = {};
    },
    id: "guard-role-invoke-url",
    problem: /may lambda:InvokeFunctionUrl otherwise than Gatehouse allows it\./,
    mend: putPolicy,
  },
  "one that may call every function's URL": {
    change: (state) => {
      statement(state, "lambda:InvokeFunctionUrl")["Resource"] = "*";
    },
    id: "guard-role-invoke-url",
    problem: /"Resource":\["\*"\]/,
    mend: putPolicy,
  },
  "one whose permission is denied again": {
    change: (state) => {
      policy(state).Statement.push({ Effect: "Deny", Action: "lambda:*", Resource: "*" });
    },
    id: "guard-role-policy",
    problem: /^gatehouse-anna-eu-central-1-guard has \{"Effect":"Deny"/,
    mend: putPolicy,
  },
  "one that may read every parameter": {
    change: (state) => {
      policy(state).Statement.push({ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" });
    },
    id: "guard-role-policy",
    problem:
      'gatehouse-anna-eu-central-1-guard has {"Effect":"Allow","Action":["ssm:GetParameter"],"Resource":["*"]}, which the guard does not need',
    mend: putPolicy,
  },
  "one that may not read its settings": {
    change: (state) => {
      policy(state).Statement = policy(state).Statement.filter(
        ({ Sid }) => Sid !== "ReadItsOwnSettings",
      );
    },
    id: "guard-role-policy",
    problem:
      /has not \{"Effect":"Allow","Action":\["ssm:GetParameters"\],"Resource":\[.*\/clients\/\*",.*…, which the guard needs$/,
    mend: putPolicy,
  },
  "one with a managed policy": {
    change: (state) => {
      guardRole(state).attached.push("arn:aws:iam::aws:policy/AdministratorAccess");
    },
    id: "guard-role-policies",
    problem: /: arn:aws:iam::aws:policy\/AdministratorAccess is attached to it$/,
    mend: "aws iam detach-role-policy --role-name gatehouse-anna-eu-central-1-guard --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
  },
  "one with a further policy": {
    change: (state) => {
      guardRole(state).inline.set("more it's", statements());
    },
    id: "guard-role-policies",
    problem: /more than the guard needs: more it's$/,
    mend: `aws iam delete-role-policy --role-name gatehouse-anna-eu-central-1-guard --policy-name 'more it'\\''s'`,
  },
  "a behaviour without the guard": {
    change: (state) => {
      behavior(state)["LambdaFunctionAssociations"] = { Quantity: 0 };
    },
    id: "behaviour-guard",
    problem: /^the behaviour for \/files\/\* has no guard: /,
    mend: redeploy,
  },
  "the default behaviour without it": {
    change: (state) => {
      configOf(state)["DefaultCacheBehavior"].LambdaFunctionAssociations = { Quantity: 0 };
    },
    id: "behaviour-guard",
    problem: /^the default behaviour has no guard: /,
    mend: redeploy,
  },
  "a behaviour with an old version of it": {
    change: (state) => {
      const deployed = guard(state).FunctionArn;
      guard(state).versions.splice(0, 1, 6, 7);
      for (const one of [behavior(state), configOf(state)["DefaultCacheBehavior"]])
        one.LambdaFunctionAssociations.Items[0].LambdaFunctionARN = `${deployed}:7`;
      behavior(state)["LambdaFunctionAssociations"].Items[0].LambdaFunctionARN = `${deployed}:6`;
      state.parameters.set("/gatehouse/gatehouse/anna/guard", [
        { Type: "String", Value: `${deployed}:7`, LastModifiedDate: 0 },
      ]);
    },
    id: "behaviour-guard",
    problem:
      "the behaviour for /files/* has version 6 of the guard, and the stage uses 7: its rules, keys and settings are other ones",
    mend: redeploy,
  },
  "a behaviour with another function": {
    change: (state) => {
      behavior(state)["LambdaFunctionAssociations"].Items[0].LambdaFunctionARN =
        "arn:aws:lambda:us-east-1:123456789012:function:other:1";
    },
    id: "behaviour-guard",
    problem:
      "the behaviour for /files/* runs arn:aws:lambda:us-east-1:123456789012:function:other:1, which is not the stage's guard",
    mend: redeploy,
  },
  "a behaviour with a second function": {
    change: (state) => {
      const { Items } = behavior(state)["LambdaFunctionAssociations"];
      behavior(state)["LambdaFunctionAssociations"] = {
        Quantity: 2,
        Items: [...Items, { ...Items[0], EventType: "origin-response", IncludeBody: false }],
      };
    },
    id: "behaviour-guard",
    problem: "the behaviour for /files/* runs other functions beside the guard",
    mend: redeploy,
  },
  "the guard at another event": {
    change: (state) => {
      behavior(state)["LambdaFunctionAssociations"].Items[0].EventType = "viewer-request";
    },
    id: "behaviour-guard-event",
    problem: /runs the guard at viewer-request, not at origin-request/,
    mend: redeploy,
  },
  "the guard without the body": {
    change: (state) => {
      behavior(state)["LambdaFunctionAssociations"].Items[0].IncludeBody = false;
    },
    id: "behaviour-guard-event",
    problem: /hides the body from the guard/,
    mend: redeploy,
  },
  "a caching policy": {
    change: (state) => {
      behavior(state)["CachePolicyId"] = "658327ea-f89d-4fab-a63d-7e88639e58f6";
    },
    id: "behaviour-cache",
    problem:
      "the behaviour for /files/* has the cache policy 658327ea-f89d-4fab-a63d-7e88639e58f6, not CachingDisabled: the guard does not run on a cache hit, so one caller gets another's answer",
    mend: redeploy,
  },
  "caching of the old kind": {
    change: (state) => {
      delete behavior(state)["CachePolicyId"];
      behavior(state)["MinTTL"] = 60;
    },
    id: "behaviour-cache",
    problem: /has the cache policy \(none\), not CachingDisabled/,
    mend: redeploy,
  },
  "an origin request policy that hides Authorization": {
    change: (state) => {
      behavior(state)["OriginRequestPolicyId"] = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf";
    },
    id: "behaviour-origin-request",
    problem: /not AllViewerExceptHostHeader/,
    mend: redeploy,
  },
  "plain http": {
    change: (state) => {
      behavior(state)["ViewerProtocolPolicy"] = "allow-all";
    },
    id: "behaviour-https",
    problem:
      "the behaviour for /files/* has the viewer protocol policy allow-all, not redirect-to-https: tokens may travel in clear text",
    mend: redeploy,
  },
  "fewer methods": {
    change: (state) => {
      behavior(state)["AllowedMethods"].Items = ["GET", "HEAD"];
    },
    id: "behaviour-methods",
    problem: /allows GET, HEAD: CloudFront answers other methods with 403/,
    mend: redeploy,
  },
  "a CloudFront function": {
    change: (state) => {
      behavior(state)["FunctionAssociations"] = {
        Quantity: 1,
        Items: [{ FunctionARN: "arn:aws:cloudfront::1:function/x", EventType: "viewer-request" }],
      };
    },
    id: "behaviour-others",
    problem: /has a CloudFront function, which Gatehouse does not set/,
    mend: redeploy,
  },
  "gRPC, which skips the guard": {
    change: (state) => {
      behavior(state)["GrpcConfig"].Enabled = true;
    },
    id: "behaviour-others",
    problem: /has gRPC, which skips the guard/,
    mend: redeploy,
  },
  "no security headers": {
    change: (state) => {
      delete behavior(state)["ResponseHeadersPolicyId"];
    },
    id: "behaviour-headers",
    problem: /has the response headers policy \(none\), not SecurityHeadersPolicy/,
    mend: redeploy,
  },
  "an origin that is no Function URL of the stage": {
    change: (state) => {
      configOf(state)["Origins"].Items.push({
        ...configOf(state)["Origins"].Items[0],
        Id: "evil",
        DomainName: "evil.example",
      });
    },
    id: "origin-hosts",
    problem: /^CloudFront leads to evil\.example, which is no Function URL of the stage/,
    mend: redeploy,
  },
  "an origin over http": {
    change: (state) => {
      configOf(state)["Origins"].Items[0].CustomOriginConfig.OriginProtocolPolicy = "match-viewer";
    },
    id: "origin-settings",
    problem: /is not https-only on port 443/,
    mend: redeploy,
  },
  "an origin that signs again": {
    change: (state) => {
      configOf(state)["Origins"].Items[0].OriginAccessControlId = "E2OAC";
    },
    id: "origin-settings",
    problem: /has an origin access control, which signs again/,
    mend: redeploy,
  },
  "error pages in place of the guard's": {
    change: (state) => {
      configOf(state)["CustomErrorResponses"] = {
        Quantity: 1,
        Items: [
          {
            ErrorCode: 403,
            ResponsePagePath: "/index.html",
            ResponseCode: "200",
            ErrorCachingMinTTL: 0,
          },
        ],
      };
    },
    id: "distribution-settings",
    problem: /replaces error answers/,
    mend: redeploy,
  },
  "access logs": {
    change: (state) => {
      configOf(state)["Logging"].Enabled = true;
    },
    id: "distribution-settings",
    problem: /writes access logs/,
    mend: redeploy,
  },
  "another name": {
    change: (state) => {
      configOf(state)["Aliases"] = { Quantity: 1, Items: ["old.example.com"] };
    },
    id: "distribution-settings",
    problem: /answers to old\.example\.com, not to its own name alone/,
    mend: redeploy,
  },
  "a distribution that is switched off": {
    change: (state) => {
      configOf(state)["Enabled"] = false;
    },
    id: "distribution-deployed",
    problem: /is disabled: nobody reaches the app/,
    mend: redeploy,
  },
  "a distribution that is still being told to the locations": {
    change: (state) => {
      state.distributions[0]!.Status = "InProgress";
    },
    id: "distribution-deployed",
    problem: /is InProgress: some locations still have what was there before/,
    mend: /^aws cloudfront wait distribution-deployed --id E\w+$/,
  },
  "a distribution of somebody else": {
    change: (state) => {
      state.distributions[0]!.tags["sst:stage"] = "other";
    },
    id: "distribution-own",
    problem: /is not tagged as belonging to stage anna/,
    mend: /^Find out who wrote the stage's parameters\. Then: npx sst refresh/,
  },
  "a firewall that stages.ts does not set": {
    change: (state) => {
      configOf(state)["WebACLId"] = "arn:aws:wafv2:us-east-1:1:global/webacl/theirs/1";
    },
    id: "firewall",
    problem: /has the firewall theirs, and stages\.ts sets none/,
    mend: redeploy,
  },
  "a Function URL of type NONE": {
    change: (state) => {
      api(state).urls[0]!["AuthType"] = "NONE";
    },
    id: "function-url-auth",
    problem:
      /^https:\/\/\w+\.lambda-url\.eu-central-1\.on\.aws\/ is of type NONE, not AWS_IAM: whoever learns the address calls gatehouse-anna-GateApiFunction-\w+ without the guard$/,
    mend: urlConfig,
  },
  "one of an alias": {
    change: (state) => {
      const url = api(state).urls[0]!;
      api(state).urls.push({
        ...url,
        AuthType: "NONE",
        FunctionUrl: "https://x.lambda-url.eu-central-1.on.aws/",
        FunctionArn: `${url["FunctionArn"]}:live`,
      });
    },
    id: "function-url-auth",
    problem: /^https:\/\/x\.lambda-url/,
    mend: / --qualifier live --auth-type AWS_IAM$/,
  },
  "one of another function of the stage": {
    change: (state) => {
      state.functions.push({
        ...api(state),
        FunctionName: "gatehouse-anna-Other-abcdefgh",
        FunctionArn:
          "arn:aws:lambda:eu-central-1:123456789012:function:gatehouse-anna-Other-abcdefgh",
        configuration: {
          FunctionName: "gatehouse-anna-Other-abcdefgh",
          FunctionArn:
            "arn:aws:lambda:eu-central-1:123456789012:function:gatehouse-anna-Other-abcdefgh",
        },
        urls: [
          {
            ...api(state).urls[0]!,
            AuthType: "NONE",
            FunctionUrl: "https://y.lambda-url.eu-central-1.on.aws/",
          },
        ],
      });
    },
    id: "function-url-auth",
    problem: /calls gatehouse-anna-Other-abcdefgh without the guard$/,
    mend: /--function-name gatehouse-anna-Other-abcdefgh /,
  },
  "a Function URL that answers whole": {
    change: (state) => {
      api(state).urls[0]!["InvokeMode"] = "BUFFERED";
    },
    id: "function-url-mode",
    problem: /is in mode BUFFERED, not RESPONSE_STREAM/,
    mend: /^aws lambda update-function-url-config .* --invoke-mode RESPONSE_STREAM$/,
  },
  "a Function URL that answers CORS": {
    change: (state) => {
      api(state).urls[0]!["Cors"] = { AllowOrigins: ["*"] };
    },
    id: "function-url-cors",
    problem: /answers CORS itself/,
    mend: redeploy,
  },
  "a resource policy for everybody": {
    change: (state) => {
      api(state).policies.set("", [
        {
          Sid: "FunctionURLAllowPublicAccess",
          ...allowAll,
          Action: "lambda:InvokeFunctionUrl",
          Resource: api(state).FunctionArn,
          Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
        },
      ]);
    },
    id: "backend-resource-policy",
    problem:
      /^the resource policy of gatehouse-anna-GateApiFunction-\w+ lets everybody use it past the guard, and stays when/,
    mend: /^aws lambda remove-permission --region eu-central-1 --function-name gatehouse-anna-GateApiFunction-\w+ --statement-id FunctionURLAllowPublicAccess$/,
  },
  "a resource policy for another account, on an alias": {
    change: (state) => {
      api(state).aliases.push("a", "b", "live");
      api(state).policies.set("live", [
        {
          Sid: "them",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::999999999999:root" },
          Action: "lambda:InvokeFunction",
          Resource: "*",
        },
      ]);
    },
    id: "backend-resource-policy",
    problem: /lets arn:aws:iam::999999999999:root use it past the guard/,
    mend: / --statement-id them --qualifier live$/,
  },
  "a backend that believes another role": {
    change: (state) => {
      api(state).configuration["Environment"].Variables.GATEHOUSE_EDGE_ROLE = "evil";
    },
    id: "backend-believes",
    problem: /is not told what this stage has in GATEHOUSE_EDGE_ROLE: /,
    mend: redeploy,
  },
  "a backend's role that the account may take, as sst dev leaves it": {
    change: (state) => {
      apiRole(state).trust = trust({
        Service: "lambda.amazonaws.com",
        AWS: "arn:aws:iam::123456789012:root",
      });
    },
    id: "backend-role-trust",
    problem: /may be assumed by arn:aws:iam::123456789012:root, not by Lambda alone/,
    mend: redeploy,
  },
  "a backend that may replace the guard's code": {
    change: (state) => {
      apiRole(state).inline.set(
        "more",
        statements({ Effect: "Allow", Action: "lambda:Update*", Resource: "*" }),
      );
    },
    id: "backend-role-policies",
    problem: /, the backend's role, may lambda:UpdateFunctionUrlConfig on .* by its policy more$/,
    mend: /^aws iam delete-role-policy --role-name gatehouse-anna-GateApiRole-\w+ --policy-name more$/,
  },
  "a backend that may do everything by a managed policy": {
    change: (state) => {
      const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
      apiRole(state).attached.push(arn);
      state.managedPolicies.set(arn, statements({ Effect: "Allow", Action: "*", Resource: "*" }));
    },
    id: "backend-role-policies",
    problem: /by arn:aws:iam::aws:policy\/AdministratorAccess$/,
    mend: /^aws iam detach-role-policy --role-name gatehouse-anna-GateApiRole-\w+ --policy-arn arn:aws:iam::aws:policy\/AdministratorAccess$/,
  },
  "a newer version of the guard that nobody uses": {
    change: (state) => {
      guard(state).versions.push(2, 3);
    },
    id: "guard-version",
    problem:
      "version 3 of the guard is published, but the stage uses 1: a deploy is running, or has failed",
    mend: "npx sst deploy --stage anna",
  },
  "a guard with another role": {
    change: (state) => {
      guard(state).configuration["Role"] = "arn:aws:iam::123456789012:role/other";
    },
    id: "guard-settings",
    problem:
      "the guard runs as arn:aws:iam::123456789012:role/other, whom the backend does not believe",
    mend: redeploy,
  },
  "a guard that logs where it may not": {
    change: (state) => {
      guard(state).configuration["LoggingConfig"].LogGroup = "/aws/lambda/x";
    },
    id: "guard-settings",
    problem: /does not log to \/gatehouse\/gatehouse\/anna\/guard/,
    mend: redeploy,
  },
  "a guard that everybody may call": {
    change: (state) => {
      guard(state).policies.set("", [
        { Sid: "open", ...allowAll, Action: "lambda:InvokeFunction", Resource: "*" },
      ]);
    },
    id: "guard-callers",
    problem: /^the resource policy of the guard lets everybody use it without CloudFront/,
    mend: "aws lambda remove-permission --region us-east-1 --function-name gatehouse-anna-Guard-0000000 --statement-id open",
  },
  "a guard's version that a service of AWS may call": {
    change: (state) => {
      guard(state).policies.get("1")!.push({
        Sid: "more",
        Effect: "Allow",
        Principal: replicator,
        Action: "lambda:*",
        Resource: "*",
      });
    },
    id: "guard-callers",
    problem: /lets replicator\.lambda\.amazonaws\.com use it without CloudFront/,
    mend: / --statement-id more --qualifier 1$/,
  },
  "a guard whose code another account may read": {
    change: (state) => {
      guard(state)
        .policies.get("1")!
        .push({
          Sid: "code",
          Effect: "Allow",
          Principal: { AWS: "999999999999" },
          Action: "lambda:GetFunction",
          Resource: "*",
        });
    },
    id: "guard-callers",
    problem: /lets 999999999999 use it without CloudFront/,
    mend: / --statement-id code --qualifier 1$/,
  },
  "a guard with a Function URL": {
    change: (state) => {
      guard(state).urls.push({
        ...api(state).urls[0]!,
        FunctionUrl: "https://z.lambda-url.us-east-1.on.aws/",
      });
    },
    id: "guard-callers",
    problem: /^the guard has a Function URL, https:\/\/z\.lambda-url\.us-east-1/,
    mend: "aws lambda delete-function-url-config --region us-east-1 --function-name gatehouse-anna-Guard-0000000",
  },
  "a web client with the implicit grant": {
    change: (state) => {
      client(state, "web")["AllowedOAuthFlows"] = ["code", "implicit"];
    },
    id: "client-web-flows",
    problem: "the app client web offers code and implicit, not code",
    mend: redeploy,
  },
  "a web client that takes passwords": {
    change: (state) => {
      client(state, "web")["ExplicitAuthFlows"] = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    },
    id: "client-web-flows",
    problem: /opens ALLOW_CUSTOM_AUTH, ALLOW_USER_PASSWORD_AUTH of Cognito's own sign-in API/,
    mend: redeploy,
  },
  "a web client with no list of flows, which opens SRP": {
    change: (state) => {
      delete client(state, "web")["ExplicitAuthFlows"];
    },
    id: "client-web-flows",
    problem: /opens SRP, which an empty list means/,
    mend: redeploy,
  },
  "a web client that sends codes elsewhere": {
    change: (state) => {
      client(state, "web")["CallbackURLs"].push("https://evil.example/");
    },
    id: "client-web-addresses",
    problem: /returns from the sign-in to .*, https:\/\/evil\.example\/, not to /,
    mend: redeploy,
  },
  "a web client without the app's address": {
    change: (state) => {
      client(state, "web")["LogoutURLs"].shift();
    },
    id: "client-web-addresses",
    problem: /^the app client web signs out to /,
    mend: redeploy,
  },
  "a web client that may change accounts": {
    change: (state) => {
      client(state, "web")["AllowedOAuthScopes"].push("aws.cognito.signin.user.admin");
    },
    id: "client-web-scopes",
    problem: /may ask for .*aws\.cognito\.signin\.user\.admin, not for /,
    mend: redeploy,
  },
  "tokens that live for a day": {
    change: (state) => {
      client(state, "web")["TokenValidityUnits"].AccessToken = "days";
    },
    id: "client-web-lifetimes",
    problem: /issues access tokens for 5184000 seconds, not 3600/,
    mend: redeploy,
  },
  "refresh tokens that stay": {
    change: (state) => {
      client(state, "web")["RefreshTokenRotation"] = {
        Feature: "DISABLED",
        RetryGracePeriodSeconds: 0,
      };
    },
    id: "client-web-rotation",
    problem:
      /does not rotate refresh tokens with 60 seconds of grace \(it says DISABLED, 0 seconds\)/,
    mend: redeploy,
  },
  "people who write their own address": {
    change: (state) => {
      client(state, "web")["WriteAttributes"] = ["email", "locale"];
    },
    id: "client-web-attributes",
    problem: /lets people write email, locale about themselves, not locale alone/,
    mend: redeploy,
  },
  "a web client without a secret": {
    change: (state) => {
      delete client(state, "web")["ClientSecret"];
    },
    id: "client-web-flows",
    problem: "the app client web has no secret",
    mend: redeploy,
  },
  "a web client that returns to the app's own page": {
    change: (state) => {
      const [callback] = client(state, "web")["CallbackURLs"];
      client(state, "web")["CallbackURLs"].push(callback.replace(".auth/callback", ""));
    },
    id: "client-web-addresses",
    problem: /returns from the sign-in to .*cloudfront\.net\/, not to /,
    mend: redeploy,
  },
  "a machine client without a secret": {
    change: (state) => {
      delete client(state, "machine")["ClientSecret"];
    },
    id: "client-machine-flows",
    problem: "the app client machine has no secret",
    mend: redeploy,
  },
  "an app client that the stage does not have": {
    change: (state) => {
      state.userPools[0]!.clients.push({
        ...client(state, "web"),
        ClientId: "another",
        ClientName: "by-hand",
      });
    },
    id: "clients-unknown",
    problem: /by-hand \(another\)/,
    mend: /^aws cognito-idp delete-user-pool-client --region eu-central-1 --user-pool-id eu-central-1_\w+ --client-id another$/,
  },
  "a pool where anybody may sign up": {
    change: (state) => {
      state.userPools[0]!.UserPool["AdminCreateUserConfig"].AllowAdminCreateUserOnly = false;
    },
    id: "pool-sign-up",
    problem: /^anybody on the internet may sign up/,
    mend: redeploy,
  },
  "a pool with a sign-in of its own": {
    change: (state) => {
      state.userPools[0]!.UserPool["LambdaConfig"].DefineAuthChallenge =
        "arn:aws:lambda:eu-central-1:123456789012:function:x";
    },
    id: "pool-triggers",
    problem: /has triggers for a custom sign-in/,
    mend: redeploy,
  },
  "a pool of another stage": {
    change: (state) => {
      state.userPools[0]!.UserPool["UserPoolTags"] = {
        "sst:app": "gatehouse",
        "sst:stage": "other",
      };
    },
    id: "pool-own",
    problem: /is not tagged as belonging to stage anna/,
    mend: /^Find out who wrote/,
  },
  "a client's parameter with another id": {
    change: (state) => {
      state.parameters.get("/gatehouse/gatehouse/anna/clients/web")!.at(-1)!.Value = "another";
    },
    id: "client-parameters",
    problem: /clients\/web is not the id of the stage's app client web/,
    mend: redeploy,
  },
  "a client's secret for all to read": {
    change: (state) => {
      const name = "/gatehouse/gatehouse/anna/web-client-secret";
      state.parameters.get(name)!.at(-1)!.Type = "String";
    },
    id: "client-secret-parameter",
    problem: /web-client-secret, the secret of the app client web, is a String: /,
    mend: redeploy,
  },
  "a client's secret that is gone": {
    change: (state) => {
      state.parameters.delete("/gatehouse/gatehouse/anna/web-client-secret");
    },
    id: "client-secret-parameter",
    problem: /there is no parameter \/gatehouse\/gatehouse\/anna\/web-client-secret/,
    mend: redeploy,
  },
  "a client's parameter that is gone": {
    change: (state) => {
      state.parameters.delete("/gatehouse/gatehouse/anna/clients/machine");
    },
    id: "client-parameters",
    problem: /there is no parameter \/gatehouse\/gatehouse\/anna\/clients\/machine/,
    mend: redeploy,
  },
  "no list of ended sign-ins": {
    change: (state) => {
      state.parameters.delete(revoked);
    },
    id: "list-there",
    problem:
      "there is no parameter /gatehouse/gatehouse/anna/revoked, the list of ended sign-ins: every request with a token gets 503",
    mend: redeploy,
  },
  "a list that the guard cannot read": {
    change: (state) => {
      state.parameters.get(revoked)!.at(-1)!.Value = '{"everybody":0}';
    },
    id: "list-there",
    problem: /is not a list that the guard reads: .* It counts as missing$/,
    mend: "npx gatehouse users revoke --everybody --stage anna",
  },
  "a list from the future": {
    change: (state) => {
      state.parameters
        .get(revoked)!
        .at(-1)!.Value = `{"everybody":${Math.floor(Date.now() / 1000) + 3600},"users":{}}`;
    },
    id: "list-there",
    problem: /a time in it is in the future/,
    mend: "npx gatehouse users revoke --everybody --stage anna",
  },
  "a list that the guard may not decrypt": {
    change: (state) => {
      state.parameters.get(revoked)!.at(-1)!.Type = "SecureString";
    },
    id: "list-there",
    problem: /is a SecureString, and the guard may not decrypt/,
    mend: /^aws ssm delete-parameter /,
  },
  "a list that was written anew": {
    change: (state) => {
      const at = Math.floor(Date.now() / 1000) - 86_400;
      const [empty] = state.parameters.get(revoked)!;
      const named = { ...empty!, Value: JSON.stringify({ everybody: 0, users: { ada: at } }) };
      state.parameters.set(revoked, [empty!, named, named, { ...empty! }]);
    },
    id: "list-kept",
    problem:
      "/gatehouse/gatehouse/anna/revoked was overwritten: version 2, 3 named sign-ins that were ended, and the present list does not. Who was signed out then may be in again",
    mend: "npx gatehouse users revoke --everybody --stage anna",
  },
  "a list that guards have not been able to read for longer than a minute allows": {
    change: (state) => {
      guardLogOf(state).events.push(
        failedRead("a", 5 * minutes),
        failedRead("b", 3 * minutes),
        failedRead("a", 4 * minutes),
      );
    },
    id: "list-age",
    problem:
      /^the guard in us-east-1 could not read the list of ended sign-ins for longer than a list may be old, last at .*: requests with a token get 503 there$/,
    mend: /^aws logs filter-log-events --region us-east-1 --log-group-name \/gatehouse\/gatehouse\/anna\/guard --start-time \d{13} --filter-pattern revocations_refresh_failed$/,
  },
  "a backend's log without a retention": {
    change: (state) => {
      delete state.logGroups[0]!.retentionInDays;
    },
    id: "backend-log-retention",
    problem:
      /^the backend's log is kept for ever: \/aws\/lambda\/gatehouse-anna-GateApiFunction-\w+ has no retention$/,
    mend: /^aws logs put-retention-policy --region eu-central-1 --log-group-name \/aws\/lambda\/gatehouse-anna-GateApiFunction-\w+ --retention-in-days 30$/,
  },
  "a guard's log without one, in one region": {
    change: (state) => {
      delete guardLogOf(state).retentionInDays;
    },
    id: "guard-log-retention",
    problem:
      "the guard's log in us-east-1 is kept for ever: /gatehouse/gatehouse/anna/guard has no retention",
    mend: "aws logs put-retention-policy --region us-east-1 --log-group-name /gatehouse/gatehouse/anna/guard --retention-in-days 30",
  },
};
