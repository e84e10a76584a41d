import type { PolicyDocument, PolicyStatement } from "@sst-gatehouse/blueprint/policy-document";

import { siteBucketName } from "../../site-bucket.ts";

/** Whose role it is. */
export interface DeployRole {
  readonly app: string;
  /** The app's home. */
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** As GitHub names the repository in its tokens: `repo:OWNER/REPO`. */
  readonly subject: string;
  /** What the names of SST's two buckets end in. */
  readonly bootstrap: string;
  /** Whether the gate has a front end. */
  readonly site: boolean;
  /** Of production, where a deploy orders the certificate and writes the records. */
  readonly ownDomain: string | undefined;
}

/** Who may take the role: the environment `production` of one repository. */
export function trustPolicy({ account, subject }: DeployRole) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTheProductionEnvironmentOfThisRepository",
        Effect: "Allow",
        Principal: {
          Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
        },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": `${subject}:environment:production`,
          },
        },
      },
    ],
  };
}

/** What the guard and the backends need at most. */
export function boundaryPolicy({ app, region, account }: DeployRole): PolicyDocument {
  const backends = `arn:aws:lambda:${region}:${account}:function:${app}-production-*`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "GuardCallsTheFunctionUrl",
        Effect: "Allow",
        Action: "lambda:InvokeFunctionUrl",
        Resource: backends,
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Sid: "GuardInvokesThroughTheUrlOnly",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: backends,
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
      {
        Sid: "GuardReadsItsSettings",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: `arn:aws:ssm:${region}:${account}:parameter/gatehouse/${app}/production/*`,
      },
      {
        Sid: "BothWriteTheirLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [
          `arn:aws:logs:*:${account}:log-group:/gatehouse/${app}/production/guard`,
          `arn:aws:logs:*:${account}:log-group:/gatehouse/${app}/production/guard:*`,
          `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${app}-production-*`,
        ],
      },
    ],
  };
}

/** What a deploy of production does. docs/deploy-role.md says of each statement why it is there. */
export function permissionsPolicy({ app, region, account, bootstrap }: DeployRole): PolicyDocument {
  const backends = `arn:aws:lambda:${region}:${account}:function:${app}-production-*`;
  const roles = `arn:aws:iam::${account}:role/${app}-production-*`;
  const withinBoundary = {
    "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/${app}-production-boundary`,
  };
  const ofThisStage = { StringEquals: stageTags("ResourceTag", app) };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SstBootstrap",
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: [
          `arn:aws:ssm:${region}:${account}:parameter/sst/bootstrap`,
          `arn:aws:ssm:${region}:${account}:parameter/sst/passphrase/${app}/_fallback`,
        ],
      },
      {
        Sid: "SstPassphrase",
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:PutParameter"],
        Resource: `arn:aws:ssm:${region}:${account}:parameter/sst/passphrase/${app}/production`,
      },
      {
        Sid: "SstBuckets",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: [`arn:aws:s3:::sst-state-${bootstrap}`, `arn:aws:s3:::sst-asset-${bootstrap}`],
      },
      {
        Sid: "SstState",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: [
          `arn:aws:s3:::sst-state-${bootstrap}/*/${app}/production.json`,
          `arn:aws:s3:::sst-state-${bootstrap}/*/${app}/production/*`,
        ],
      },
      {
        Sid: "SstSharedSecrets",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::sst-state-${bootstrap}/secret/${app}/_fallback.json`,
      },
      {
        Sid: "SstAssets",
        Effect: "Allow",
        Action: objectActions,
        Resource: [
          `arn:aws:s3:::sst-asset-${bootstrap}/assets/*`,
          `arn:aws:s3:::sst-asset-${bootstrap}/sourcemap/*`,
        ],
      },
      {
        Sid: "Parameters",
        Effect: "Allow",
        Action: [
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
          "ssm:PutParameter",
          "ssm:DeleteParameter",
          "ssm:AddTagsToResource",
          "ssm:RemoveTagsFromResource",
          "ssm:ListTagsForResource",
        ],
        Resource: [
          `arn:aws:ssm:${region}:${account}:parameter/gatehouse/${app}/production`,
          `arn:aws:ssm:${region}:${account}:parameter/gatehouse/${app}/production/*`,
        ],
      },
      {
        Sid: "Backend",
        Effect: "Allow",
        Action: [
          "lambda:CreateFunction",
          "lambda:GetFunction",
          "lambda:GetFunctionConfiguration",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:ListVersionsByFunction",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
          "lambda:DeleteFunction",
          "lambda:TagResource",
          "lambda:UntagResource",
          "lambda:ListTags",
          "lambda:GetFunctionUrlConfig",
          "lambda:DeleteFunctionUrlConfig",
        ],
        Resource: backends,
      },
      {
        Sid: "FunctionUrlIsLocked",
        Effect: "Allow",
        Action: "lambda:CreateFunctionUrlConfig",
        Resource: backends,
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Sid: "FunctionUrlStaysLocked",
        Effect: "Allow",
        Action: "lambda:UpdateFunctionUrlConfig",
        Resource: backends,
        Condition: { StringEqualsIfExists: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Sid: "Guard",
        Effect: "Allow",
        Action: [
          "lambda:CreateFunction",
          "lambda:GetFunction",
          "lambda:GetFunctionConfiguration",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:ListVersionsByFunction",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
          "lambda:PublishVersion",
          "lambda:TagResource",
          "lambda:UntagResource",
          "lambda:ListTags",
          "lambda:EnableReplication*",
          "lambda:DisableReplication*",
        ],
        Resource: `arn:aws:lambda:us-east-1:${account}:function:${app}-production-*`,
      },
      {
        Sid: "ReadRoles",
        Effect: "Allow",
        Action: [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListRolePolicies",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole",
          "iam:ListRoleTags",
          "iam:TagRole",
          "iam:UntagRole",
        ],
        Resource: roles,
      },
      {
        Sid: "RolesWithinTheBoundary",
        Effect: "Allow",
        Action: [
          "iam:DeleteRole",
          "iam:UpdateRole",
          "iam:UpdateRoleDescription",
          "iam:PutRolePolicy",
          "iam:DeleteRolePolicy",
        ],
        Resource: roles,
        Condition: { StringEquals: withinBoundary },
      },
      {
        Sid: "OneManagedPolicy",
        Effect: "Allow",
        Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        Resource: roles,
        Condition: {
          StringEquals: withinBoundary,
          ArnEquals: {
            "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
          },
        },
      },
      {
        Sid: "PassRolesToLambda",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: roles,
        Condition: {
          StringEquals: {
            "iam:PassedToService": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"],
          },
        },
      },
      {
        Sid: "BackendLogGroup",
        Effect: "Allow",
        Action: [
          "logs:CreateLogGroup",
          "logs:DeleteLogGroup",
          "logs:PutRetentionPolicy",
          "logs:TagResource",
          "logs:UntagResource",
          "logs:ListTagsForResource",
        ],
        Resource: `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${app}-production-*`,
      },
      {
        Sid: "UserPool",
        Effect: "Allow",
        Action: [
          "cognito-idp:DescribeUserPool",
          "cognito-idp:UpdateUserPool",
          "cognito-idp:GetUserPoolMfaConfig",
          "cognito-idp:SetUserPoolMfaConfig",
          "cognito-idp:ListTagsForResource",
          "cognito-idp:CreateUserPoolClient",
          "cognito-idp:DescribeUserPoolClient",
          "cognito-idp:UpdateUserPoolClient",
          "cognito-idp:DeleteUserPoolClient",
          "cognito-idp:CreateResourceServer",
          "cognito-idp:DescribeResourceServer",
          "cognito-idp:UpdateResourceServer",
          "cognito-idp:CreateGroup",
          "cognito-idp:GetGroup",
          "cognito-idp:UpdateGroup",
          "cognito-idp:DeleteGroup",
          "cognito-idp:CreateUserPoolDomain",
        ],
        Resource: `arn:aws:cognito-idp:${region}:${account}:userpool/*`,
        Condition: ofThisStage,
      },
      {
        Sid: "Distribution",
        Effect: "Allow",
        Action: [
          "cloudfront:GetDistribution",
          "cloudfront:GetDistributionConfig",
          "cloudfront:UpdateDistribution",
          "cloudfront:ListTagsForResource",
        ],
        Resource: `arn:aws:cloudfront::${account}:distribution/*`,
        Condition: ofThisStage,
      },
      {
        Sid: "RouterFunction",
        Effect: "Allow",
        Action: [
          "cloudfront:DescribeFunction",
          "cloudfront:GetFunction",
          "cloudfront:UpdateFunction",
          "cloudfront:PublishFunction",
        ],
        Resource: `arn:aws:cloudfront::${account}:function/${app}-production-*`,
      },
      {
        Sid: "Firewall",
        Effect: "Allow",
        Action: [
          "wafv2:CreateWebACL",
          "wafv2:GetWebACL",
          "wafv2:UpdateWebACL",
          "wafv2:DeleteWebACL",
          "wafv2:ListTagsForResource",
          "wafv2:TagResource",
          "wafv2:UntagResource",
        ],
        Resource: `arn:aws:wafv2:us-east-1:${account}:global/webacl/${app}-production-${region}/*`,
      },
      {
        Sid: "FirewallRulesOfAws",
        Effect: "Allow",
        Action: ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"],
        Resource: `arn:aws:wafv2:us-east-1:${account}:global/managedruleset/*/*`,
      },
      {
        Sid: "Certificate",
        Effect: "Allow",
        Action: "acm:DescribeCertificate",
        Resource: `arn:aws:acm:us-east-1:${account}:certificate/CERTIFICATE_ID`,
      },
      {
        Sid: "ReadWhatHasNoName",
        Effect: "Allow",
        Action: [
          "cognito-idp:DescribeUserPoolDomain",
          "logs:DescribeLogGroups",
          "ssm:DescribeParameters",
        ],
        Resource: "*",
      },
      {
        Sid: "FirstDeployTagged",
        Effect: "Allow",
        Action: ["cloudfront:CreateDistribution", "cognito-idp:CreateUserPool"],
        Resource: "*",
        Condition: { StringEquals: stageTags("RequestTag", app) },
      },
      {
        Sid: "FirstDeployTags",
        Effect: "Allow",
        Action: "cloudfront:TagResource",
        Resource: `arn:aws:cloudfront::${account}:distribution/*`,
        Condition: { StringEquals: stageTags("RequestTag", app) },
      },
      {
        Sid: "FirstDeployUntagged",
        Effect: "Allow",
        Action: "cloudfront:CreateFunction",
        Resource: "*",
      },
      {
        Sid: "FirstDeployRoles",
        Effect: "Allow",
        Action: "iam:CreateRole",
        Resource: roles,
        Condition: { StringEquals: withinBoundary },
      },
      {
        Sid: "FirstDeployServiceRoles",
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource: [
          `arn:aws:iam::${account}:role/aws-service-role/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator`,
          `arn:aws:iam::${account}:role/aws-service-role/logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger`,
        ],
        Condition: {
          StringEquals: {
            "iam:AWSServiceName": [
              "replicator.lambda.amazonaws.com",
              "logger.cloudfront.amazonaws.com",
            ],
          },
        },
      },
    ],
  };
}

/** What a deploy does with files that it uploads. */
const objectActions = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:DeleteObject",
  "s3:GetObjectTagging",
  "s3:PutObjectTagging",
];

/** What SST tags with app and stage: in a request, or at what is there. */
function stageTags(kind: "RequestTag" | "ResourceTag", app: string) {
  return { [`aws:${kind}/sst:app`]: app, [`aws:${kind}/sst:stage`]: "production" };
}

/**
 * What a deploy does besides for a site or a domain. Apart from the permissions, with which it would not fit into the
 * inline policies of a role.
 *
 * @returns undefined for a gate with neither.
 */
export function additionsPolicy(role: DeployRole): PolicyDocument | undefined {
  const { site, ownDomain } = role;
  const statements = [
    ...(site ? siteStatements(role) : []),
    ...(ownDomain === undefined ? [] : domainStatements(role, ownDomain)),
  ];
  return statements.length === 0 ? undefined : { Version: "2012-10-17", Statement: statements };
}

/** A deploy fills the bucket of a site; it deletes neither the bucket nor what others have. */
function siteStatements({ app, region, account }: DeployRole): readonly PolicyStatement[] {
  const bucket = `arn:aws:s3:::${siteBucketName(app, "production", { region, accountId: account })}`;
  return [
    {
      Sid: "SiteBucket",
      Effect: "Allow",
      Action: [
        "s3:CreateBucket",
        "s3:ListBucket",
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
      ],
      Resource: bucket,
    },
    {
      Sid: "SiteFiles",
      Effect: "Allow",
      Action: objectActions,
      Resource: `${bucket}/*`,
    },
    {
      Sid: "SiteAccessControl",
      Effect: "Allow",
      Action: ["cloudfront:CreateOriginAccessControl", "cloudfront:GetOriginAccessControl"],
      Resource: `arn:aws:cloudfront::${account}:origin-access-control/*`,
    },
  ];
}

/** A certificate for one name, and the records of that name. */
function domainStatements(
  { app, account }: DeployRole,
  domain: string,
): readonly PolicyStatement[] {
  const certificates = `arn:aws:acm:us-east-1:${account}:certificate/*`;
  return [
    {
      Sid: "OrderCertificate",
      Effect: "Allow",
      Action: "acm:RequestCertificate",
      Resource: "*",
      Condition: {
        StringEquals: { "acm:ValidationMethod": "DNS", ...stageTags("RequestTag", app) },
        "ForAllValues:StringEquals": { "acm:DomainNames": [domain] },
      },
    },
    {
      Sid: "TagCertificate",
      Effect: "Allow",
      Action: "acm:AddTagsToCertificate",
      Resource: certificates,
      Condition: { StringEquals: stageTags("RequestTag", app) },
    },
    {
      Sid: "OwnCertificate",
      Effect: "Allow",
      Action: ["acm:DescribeCertificate", "acm:ListTagsForCertificate", "acm:DeleteCertificate"],
      Resource: certificates,
      Condition: { StringEquals: stageTags("ResourceTag", app) },
    },
    {
      Sid: "DomainRecords",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: "arn:aws:route53:::hostedzone/*",
      Condition: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": [domain, `_*.${domain}`],
        },
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"],
        },
      },
    },
    {
      Sid: "ReadZones",
      Effect: "Allow",
      Action: [
        "route53:GetHostedZone",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
      ],
      Resource: "arn:aws:route53:::hostedzone/*",
    },
    {
      Sid: "ReadChanges",
      Effect: "Allow",
      Action: "route53:GetChange",
      Resource: "arn:aws:route53:::change/*",
    },
    { Sid: "FindZone", Effect: "Allow", Action: "route53:ListHostedZones", Resource: "*" },
  ];
}
