import { readFileSync } from "node:fs";
import { join } from "node:path";

import { edgeRoleName, edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { PolicyDocument, PolicyStatement } from "@sst-gatehouse/blueprint/policy-document";
import {
  additionsPolicy,
  boundaryPolicy,
  permissionsPolicy,
  trustPolicy,
} from "@sst-gatehouse/deploy/deploy-role-policies";
import { siteBucketName } from "@sst-gatehouse/deploy/site-bucket";
import { expect, test } from "vitest";

const stage = "production";
const docs = join(import.meta.dirname, "../docs");
const owner = {
  app: "corner-bakery",
  region: "ap-southeast-1",
  account: "111122223333",
  subject: "repo:bakery@1/oven@2",
  bootstrap: "abcdefghijkl",
  site: true,
  ownDomain: "shop.example.com",
};
const { account } = owner;
const app = { name: owner.app, region: owner.region };
const permissions = permissionsPolicy(owner);
const additions = additionsPolicy(owner)!;
const whole = { ...permissions, Statement: [...permissions.Statement, ...additions.Statement] };

test("one environment of one repository is trusted, word for word", () => {
  const issuer = "token.actions.githubusercontent.com";
  expect(trustPolicy(owner)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTheProductionEnvironmentOfThisRepository",
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: "repo:bakery@1/oven@2:environment:production",
          },
        },
      },
    ],
  });
});

test("the role may do what a deploy does, and nothing that stands out", () => {
  expect(lint(whole)).toEqual([]);
});

test("what only a site or a domain needs is there for these alone", () => {
  const sids = (role: Pick<typeof owner, "site"> & { ownDomain: string | undefined }) =>
    additionsPolicy({ ...owner, ...role })?.Statement.map(({ Sid }) => Sid);
  const ofSite = ["SiteBucket", "SiteFiles", "SiteAccessControl"];
  const all = additions.Statement.map(({ Sid }) => Sid);
  expect(sids({ site: false, ownDomain: undefined })).toBeUndefined();
  expect(sids({ site: true, ownDomain: undefined })).toEqual(ofSite);
  expect(all).toEqual([...ofSite, ...(sids({ site: false, ownDomain: owner.ownDomain }) ?? [])]);
});

test("of buckets, the role has the site's alone, and of names, the domain's", () => {
  const bucket = siteBucketName(app.name, stage, { region: app.region, accountId: account });
  const of = (sid: string) => additions.Statement.find(({ Sid }) => Sid === sid);
  expect(of("SiteBucket")?.Resource).toBe(`arn:aws:s3:::${bucket}`);
  expect(of("SiteFiles")?.Resource).toBe(`arn:aws:s3:::${bucket}/*`);
  expect(of("OrderCertificate")?.Condition?.["ForAllValues:StringEquals"]).toEqual({
    "acm:DomainNames": ["shop.example.com"],
  });
  expect(of("DomainRecords")?.Condition).toEqual({
    "ForAllValues:StringLike": {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
        "shop.example.com",
        "_*.shop.example.com",
      ],
    },
    "ForAllValues:StringEquals": {
      "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"],
    },
  });
});

test("the permissions fit into one inline policy", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(JSON.stringify(permissions).length).toBeLessThanOrEqual(10_240);
  // Those of a site and a domain are a managed policy.
  expect(JSON.stringify(additions).length).toBeLessThanOrEqual(6144);
});

test("the page says of each statement why it is there", () => {
  const page = readFileSync(join(docs, "deploy-role.md"), "utf8");
  const told = Array.from(page.matchAll(/^\| `(\w+)` /gm), ([, sid]) => sid);
  expect(told).toEqual(whole.Statement.map(({ Sid }) => Sid));
});

test("the role may pass on the stage's roles, and not itself", () => {
  const pass = permissions.Statement.filter(({ Action }) => list(Action).includes("iam:PassRole"));
  const mayPass = (role: string) =>
    pass.some(({ Resource }) => covers(Resource, `arn:aws:iam::${account}:role/${role}`));
  const names = [
    edgeRoleName(app.name, stage, app.region),
    edgeRoleName(app.name, "dev", app.region),
    "corner-bakery-deploy",
  ];
  expect(names.map(mayPass)).toEqual([true, false, false]);
});

test("the boundary leaves the guard all that it needs", () => {
  const boundary = boundaryPolicy(owner).Statement;
  const guard = edgeRolePolicy({
    functionArns: [`arn:aws:lambda:${app.region}:${account}:function:${app.name}-${stage}-Api-x`],
    parameterPrefixArn: `arn:aws:ssm:${app.region}:${account}:parameter${parameterPrefix(app.name, stage)}`,
    logGroupArn: `arn:aws:logs:*:${account}:log-group:${guardLogGroup(app.name, stage)}`,
  });
  const outside = each(guard).filter(
    ({ action, resource, Condition }) =>
      !boundary.some(
        (within) =>
          list(within.Action).includes(action) &&
          covers(within.Resource, resource) &&
          JSON.stringify(within.Condition) === JSON.stringify(Condition),
      ),
  );
  expect(outside).toEqual([]);
  expect(each({ Version: "2012-10-17", Statement: boundary }).flatMap(lintScope)).toEqual([]);
});

test.each<
  [what: string, sid: string, change: Readonly<Record<string, unknown>>, findings: string[]]
>([
  [
    "everything",
    "SstBootstrap",
    { Action: "*", Resource: "*" },
    ["*: many actions", "*: everywhere"],
  ],
  ["all about roles", "ReadRoles", { Action: "iam:*" }, ["iam:*: many actions"]],
  ["reading everywhere", "SstBootstrap", { Resource: "*" }, ["ssm:GetParameter: everywhere"]],
  ["any service", "SstBootstrap", { Resource: "arn:*" }, ["ssm:GetParameter: any service"]],
  ["a prohibition", "SstBootstrap", { Effect: "Deny" }, ["ssm:GetParameter: not a permission"]],
  [
    "calls of the backend",
    "Guard",
    { Action: "lambda:InvokeFunction" },
    ["lambda:InvokeFunction: never"],
  ],
  ["others let in", "Guard", { Action: "lambda:AddPermission" }, ["lambda:AddPermission: never"]],
  [
    "new people",
    "UserPool",
    { Action: "cognito-idp:AdminCreateUser" },
    ["cognito-idp:AdminCreateUser: never"],
  ],
  [
    "no more boundary",
    "ReadRoles",
    { Action: "iam:DeleteRolePermissionsBoundary" },
    ["iam:DeleteRolePermissionsBoundary: never", "iam:DeleteRolePermissionsBoundary: no boundary"],
  ],
  [
    "another trust for a role",
    "RolesWithinTheBoundary",
    { Action: "iam:UpdateAssumeRolePolicy" },
    ["iam:UpdateAssumeRolePolicy: never"],
  ],
  [
    "roles without it",
    "OneManagedPolicy",
    { Action: "iam:AttachRolePolicy", Condition: undefined },
    ["iam:AttachRolePolicy: no boundary"],
  ],
  [
    "any role",
    "PassRolesToLambda",
    { Resource: `arn:aws:iam::${account}:role/*` },
    ["iam:PassRole: other roles"],
  ],
  [
    "its own name",
    "PassRolesToLambda",
    { Resource: `arn:aws:iam::${account}:role/${app.name}-*` },
    ["iam:PassRole: other roles"],
  ],
  [
    "passing to any service",
    "PassRolesToLambda",
    { Condition: undefined },
    ["iam:PassRole: any service"],
  ],
  [
    "any service's role",
    "FirstDeployServiceRoles",
    { Condition: undefined },
    ["iam:CreateServiceLinkedRole: any service"],
  ],
  [
    "an open Function URL",
    "FunctionUrlIsLocked",
    { Condition: undefined },
    ["lambda:CreateFunctionUrlConfig: open"],
  ],
  [
    "others' distributions",
    "FirstDeployTags",
    { Condition: undefined },
    ["cloudfront:TagResource: other apps"],
  ],
  [
    "others' certificates",
    "TagCertificate",
    { Condition: undefined },
    ["acm:AddTagsToCertificate: other apps"],
  ],
])("notices %s", (_what, sid, change, findings) => {
  const { Version, Statement } = whole;
  expect(Statement.map(({ Sid }) => Sid)).toContain(sid);
  // What is undefined does not survive as JSON.
  const weaker: PolicyStatement[] = JSON.parse(
    JSON.stringify(Statement.map((one) => (one.Sid === sid ? { ...one, ...change } : one))),
  );
  expect(lint({ Version, Statement: weaker })).toEqual(findings);
});

/** Actions that AWS's service authorization reference ties to no resource, and why the deploy has them. */
const everywhere = new Map([
  ["cognito-idp:DescribeUserPoolDomain", "reads by the domain's name, which has no ARN"],
  ["logs:DescribeLogGroups", "a list, by prefix"],
  ["ssm:DescribeParameters", "a list, by name; it shows no values"],
  ["cloudfront:CreateDistribution", "there is no distribution yet; with our tags only"],
  ["cognito-idp:CreateUserPool", "there is no pool yet; with our tags only"],
  ["acm:RequestCertificate", "there is no certificate yet; for our name and with our tags only"],
  ["route53:ListHostedZones", "a list, which finds the domain's zone"],
  ["cloudfront:CreateFunction", "there is no function yet; changing it needs our name"],
]);

/** AWS writes these names with an asterisk, and means it. */
const asterisks = ["lambda:EnableReplication*", "lambda:DisableReplication*"];

/** Past the app's own code, past the boundary of its roles, or past the people who sign in. */
const never = [
  /^lambda:(Invoke|AddPermission|RemovePermission)/,
  /^iam:(\w*PermissionsBoundary$|UpdateAssumeRolePolicy$|(Create|Delete)Policy|SetDefaultPolicyVersion|\w*(User|AccessKey|OpenID))/,
  /^cognito-idp:(Admin|DeleteUserPool$)/,
  /^(sts|kms):/,
];

const changesRoles = /^iam:(Create|Delete|Update|Put|Attach|Detach)(?!ServiceLinked)\w*$/;
const ownRoles = `arn:aws:iam::${account}:role/${app.name}-${stage}-*`;
const boundaryArn = `arn:aws:iam::${account}:policy/${app.name}-${stage}-boundary`;
const lambdas = "lambda.amazonaws.com,edgelambda.amazonaws.com";
const edgeServices = "replicator.lambda.amazonaws.com,logger.cloudfront.amazonaws.com";

interface Permission extends PolicyStatement {
  readonly action: string;
  readonly resource: string;
}

function lint(policy: PolicyDocument): string[] {
  return [...new Set(each(policy).flatMap((one) => [...lintScope(one), ...lintRights(one)]))];
}

/** What is too wide about one action on one resource. */
function lintScope({ action, resource, Effect }: Permission): string[] {
  const serviceRole = /^arn:aws:iam::\d{12}:role\/aws-service-role\/[\w./]+$/;
  return [
    ...(Effect === "Allow" ? [] : ["not a permission"]),
    ...(action.includes("*") && !asterisks.includes(action) ? ["many actions"] : []),
    ...(resource === "*" && !everywhere.has(action) ? ["everywhere"] : []),
    ...(resource !== "*" && !/^arn:aws:[\w-]+:/.test(resource) ? ["any service"] : []),
    ...(action.startsWith("iam:") && resource !== ownRoles && !serviceRole.test(resource)
      ? ["other roles"]
      : []),
  ].map((finding) => `${action}: ${finding}`);
}

/** What the role must not do, or only under a condition that keeps it to this stage. */
function lintRights({ action, Condition = {} }: Permission): string[] {
  const equals = Condition["StringEquals"] ?? {};
  const value = (key: string) => list(equals[key] ?? []).join();
  const ours = ["aws:ResourceTag", "aws:RequestTag"].some(
    (tag) => value(`${tag}/sst:app`) === app.name && value(`${tag}/sst:stage`) === stage,
  );
  const tagged =
    /^(acm:(?!DescribeCertificate$)\w+|cloudfront:\w*(Distribution|Resource)\w*|cognito-idp:(?!DescribeUserPoolDomain)\w+)$/;
  return [
    ...(never.some((pattern) => pattern.test(action)) ? ["never"] : []),
    ...(changesRoles.test(action) && value("iam:PermissionsBoundary") !== boundaryArn
      ? ["no boundary"]
      : []),
    ...(action === "iam:PassRole" && value("iam:PassedToService") !== lambdas
      ? ["any service"]
      : []),
    ...(action === "iam:CreateServiceLinkedRole" && value("iam:AWSServiceName") !== edgeServices
      ? ["any service"]
      : []),
    ...(action === "lambda:CreateFunctionUrlConfig" &&
    value("lambda:FunctionUrlAuthType") !== "AWS_IAM"
      ? ["open"]
      : []),
    ...(tagged.test(action) && !ours ? ["other apps"] : []),
  ].map((finding) => `${action}: ${finding}`);
}

function each({ Statement }: PolicyDocument): readonly Permission[] {
  return Statement.flatMap((statement) =>
    list(statement.Action).flatMap((action) =>
      list(statement.Resource).map((resource) => ({ ...statement, action, resource })),
    ),
  );
}

/** Whether one of the patterns is the resource, or ends in an asterisk where the resource goes on. */
function covers(patterns: string | readonly string[], resource: string): boolean {
  return list(patterns).some(
    (pattern) =>
      pattern === resource || (pattern.endsWith("*") && resource.startsWith(pattern.slice(0, -1))),
  );
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
