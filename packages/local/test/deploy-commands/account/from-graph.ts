import { type Graph, type Resource, resourcesOf } from "@sst-gatehouse/deploy/graph";

import type {
  AccountState,
  Json,
  PlayedDistribution,
  PlayedFunction,
  PlayedUserPool,
} from "./state.ts";

/**
 * What AWS would answer about the resources of a graph once they are deployed: each input under the name that the API
 * reference of its service gives it, with the defaults that AWS fills in.
 *
 * It knows nothing of what is right: a graph with another policy gives an account with another policy. The guard has run
 * in two regions, and somebody has set a retention there, as docs/operations.md asks.
 */
export function accountFrom(graph: Graph): AccountState {
  const all = (type: string) => resourcesOf(graph, type);
  const tags = { "sst:app": graph.app, "sst:stage": graph.stage };
  const roles = all("aws:iam/role:Role").map((role) => {
    const inputs = plain(role.inputs);
    return [
      String(role.outputs["name"] ?? inputs["name"]),
      {
        Arn: text(role.outputs["arn"]),
        trust: document(inputs["assumeRolePolicy"]),
        inline: new Map<string, object>(
          [
            ...list(inputs["inlinePolicies"]),
            ...all("aws:iam/rolePolicy:RolePolicy")
              .filter(
                (policy) =>
                  plain(policy.inputs)["role"] === (role.outputs["name"] ?? inputs["name"]),
              )
              .map((policy) => ({
                name: policy.outputs["name"],
                policy: plain(policy.inputs)["policy"],
              })),
          ]
            .map((policy) => plain(policy))
            .filter((policy) => policy["policy"] !== undefined)
            .map((policy) => [text(policy["name"] ?? "inline"), document(policy["policy"])]),
        ),
        attached: list(inputs["managedPolicyArns"]).map(String),
      },
    ] as const;
  });
  return {
    id: text(all("aws:iam/role:Role")[0]?.outputs["arn"]).split(":")[4] ?? "",
    roles: new Map(roles),
    managedPolicies: new Map([
      [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        statements({
          Effect: "Allow",
          Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "*",
        }),
      ],
    ]),
    functions: all("aws:lambda/function:Function").map((resource) =>
      functionFrom(resource, graph, tags),
    ),
    distributions: all("aws:cloudfront/distribution:Distribution").map((resource) =>
      distributionFrom(resource, tags),
    ),
    accessControls: new Map(
      all("aws:cloudfront/originAccessControl:OriginAccessControl").map(({ inputs, outputs }) => {
        const given = plain(inputs);
        return [
          text(outputs["id"]),
          {
            Name: given["name"],
            Description: given["description"] ?? "",
            SigningProtocol: given["signingProtocol"],
            SigningBehavior: given["signingBehavior"],
            OriginAccessControlOriginType: given["originAccessControlOriginType"],
          },
        ];
      }),
    ),
    viewerFunctions: new Map(
      all("aws:cloudfront/function:Function").map(({ inputs }) => [
        text(plain(inputs)["name"]),
        text(plain(inputs)["code"]),
      ]),
    ),
    buckets: new Map(
      all("aws:s3/bucketV2:BucketV2").map(({ outputs }) => {
        const name = text(outputs["bucket"]);
        const part = (type: string) =>
          all(type)
            .map(({ inputs }) => plain(inputs))
            .find(({ bucket }) => bucket === name);
        const policy = part("aws:s3/bucketPolicy:BucketPolicy");
        const closed = part("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
        return [
          name,
          {
            policy: policy && text(policy["policy"]),
            closed: closed && {
              BlockPublicAcls: closed["blockPublicAcls"],
              IgnorePublicAcls: closed["ignorePublicAcls"],
              BlockPublicPolicy: closed["blockPublicPolicy"],
              RestrictPublicBuckets: closed["restrictPublicBuckets"],
            },
          },
        ];
      }),
    ),
    userPools: all("aws:cognito/userPool:UserPool").map((resource) =>
      userPoolFrom(resource, graph, tags),
    ),
    parameters: new Map(
      all("aws:ssm/parameter:Parameter").map((parameter) => {
        const { name, type, value } = plain(parameter.inputs);
        return [
          text(name),
          [{ Type: text(type), Value: text(value), LastModifiedDate: Date.now() / 1000 }],
        ];
      }),
    ),
    logGroups: [
      ...all("aws:cloudwatch/logGroup:LogGroup").map((group) => ({
        region: text(group.region),
        logGroupName: text(plain(group.inputs)["name"]),
        retentionInDays: Number(plain(group.inputs)["retentionInDays"]) || undefined,
        events: [],
      })),
      ...["us-east-1", "eu-central-1"].map((region) => ({
        region,
        logGroupName: `/gatehouse/${graph.app}/${graph.stage}/guard`,
        retentionInDays: 30,
        events: [],
      })),
    ],
    denied: new Set(),
  };
}

function functionFrom(
  { region, inputs, outputs }: Resource,
  graph: Graph,
  tags: Record<string, string>,
): PlayedFunction {
  const given = plain(inputs);
  const arn = text(outputs["arn"]);
  const name = arn.split(":")[6] ?? "";
  const published = given["publish"] === true;
  const logging = plain(given["loggingConfig"]);
  return {
    region: text(region),
    FunctionArn: arn,
    FunctionName: name,
    tags: { ...tags, ...strings(given["tags"]) },
    versions: published ? [Number(outputs["version"])] : [],
    aliases: [],
    configuration: {
      FunctionName: name,
      FunctionArn: arn,
      Runtime: given["runtime"],
      Role: given["role"],
      Handler: given["handler"],
      Timeout: given["timeout"],
      MemorySize: given["memorySize"],
      State: "Active",
      LastUpdateStatus: "Successful",
      PackageType: "Zip",
      Architectures: given["architectures"],
      ...(given["environment"] === undefined
        ? {}
        : { Environment: { Variables: plain(given["environment"])["variables"] } }),
      LoggingConfig: {
        LogFormat: logging["logFormat"] ?? "Text",
        LogGroup: logging["logGroup"] ?? `/aws/lambda/${name}`,
      },
    },
    urls: resourcesOf(graph, "aws:lambda/functionUrl:FunctionUrl")
      .filter((url) => url.outputs["functionArn"] === arn)
      .map((url) => {
        const { authorizationType, invokeMode } = plain(url.inputs);
        return {
          FunctionUrl: url.outputs["functionUrl"],
          FunctionArn: arn,
          AuthType: authorizationType,
          InvokeMode: invokeMode ?? "BUFFERED",
          CreationTime: "2026-11-22T12:00:00.000Z",
          LastModifiedTime: "2026-11-22T12:00:00.000Z",
        };
      }),
    // Associating a version with a distribution lets the service that copies it to the edge read it:
    // "Setting IAM permissions and roles for Lambda@Edge", `lambda:EnableReplication*`.
    policies: new Map(
      published
        ? [
            [
              text(outputs["version"]),
              [
                {
                  Sid: "replicator-lambda-GetFunction",
                  Effect: "Allow",
                  Principal: { Service: "replicator.lambda.amazonaws.com" },
                  Action: "lambda:GetFunction",
                  Resource: text(outputs["qualifiedArn"]),
                },
              ],
            ],
          ]
        : [],
    ),
  };
}

function distributionFrom(
  { inputs, outputs }: Resource,
  tags: Record<string, string>,
): PlayedDistribution {
  const given = plain(inputs);
  return {
    Id: text(outputs["id"]),
    ARN: text(outputs["arn"]),
    DomainName: text(outputs["domainName"]),
    Status: "Deployed",
    tags: { ...tags },
    DistributionConfig: {
      CallerReference: "terraform-20261122120000000000000001",
      Aliases: items(list(given["aliases"])),
      DefaultRootObject: given["defaultRootObject"] ?? "",
      Origins: items(
        list(given["origins"]).map((one) => {
          const origin = plain(one);
          const config = plain(origin["customOriginConfig"]);
          return {
            Id: origin["originId"],
            DomainName: origin["domainName"],
            OriginPath: origin["originPath"] ?? "",
            CustomHeaders: items(list(origin["customHeaders"])),
            ...(origin["customOriginConfig"] === undefined
              ? { S3OriginConfig: { OriginAccessIdentity: "" } }
              : {
                  CustomOriginConfig: {
                    HTTPPort: config["httpPort"],
                    HTTPSPort: config["httpsPort"],
                    OriginProtocolPolicy: config["originProtocolPolicy"],
                    OriginSslProtocols: items(list(config["originSslProtocols"])),
                    OriginReadTimeout: config["originReadTimeout"],
                    OriginKeepaliveTimeout: config["originKeepaliveTimeout"],
                  },
                }),
            ConnectionAttempts: origin["connectionAttempts"],
            ConnectionTimeout: origin["connectionTimeout"],
            OriginShield: { Enabled: false },
            OriginAccessControlId: origin["originAccessControlId"] ?? "",
          };
        }),
      ),
      OriginGroups: items([]),
      DefaultCacheBehavior: behaviorFrom(given["defaultCacheBehavior"]),
      CacheBehaviors: items(
        list(given["orderedCacheBehaviors"]).map((one) => ({
          PathPattern: plain(one)["pathPattern"],
          ...behaviorFrom(one),
        })),
      ),
      CustomErrorResponses: items(list(given["customErrorResponses"])),
      Comment: given["comment"],
      Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "" },
      PriceClass: "PriceClass_All",
      Enabled: given["enabled"],
      ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: "TLSv1" },
      Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
      WebACLId: given["webAclId"] ?? "",
      HttpVersion: given["httpVersion"],
      IsIPV6Enabled: given["isIpv6Enabled"],
      ContinuousDeploymentPolicyId: "",
      Staging: false,
    },
  };
}

function behaviorFrom(one: unknown): Json {
  const given = plain(one);
  const methods = items(list(given["allowedMethods"]));
  return {
    TargetOriginId: given["targetOriginId"],
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    ViewerProtocolPolicy: given["viewerProtocolPolicy"],
    AllowedMethods: { ...methods, CachedMethods: items(list(given["cachedMethods"])) },
    SmoothStreaming: false,
    Compress: given["compress"] ?? false,
    LambdaFunctionAssociations: items(
      list(given["lambdaFunctionAssociations"]).map((each) => {
        const { lambdaArn, eventType, includeBody } = plain(each);
        return {
          LambdaFunctionARN: lambdaArn,
          EventType: eventType,
          IncludeBody: includeBody ?? false,
        };
      }),
    ),
    FunctionAssociations: items(
      list(given["functionAssociations"]).map((each) => ({
        FunctionARN: plain(each)["functionArn"],
        EventType: plain(each)["eventType"],
      })),
    ),
    FieldLevelEncryptionId: "",
    CachePolicyId: given["cachePolicyId"],
    OriginRequestPolicyId: given["originRequestPolicyId"],
    ResponseHeadersPolicyId: given["responseHeadersPolicyId"],
    GrpcConfig: { Enabled: false },
  };
}

function userPoolFrom(pool: Resource, graph: Graph, tags: Record<string, string>): PlayedUserPool {
  const given = plain(pool.inputs);
  const id = text(pool.outputs["id"]);
  const domain = resourcesOf(graph, "aws:cognito/userPoolDomain:UserPoolDomain").find(
    (each) => plain(each.inputs)["userPoolId"] === id,
  );
  const triggers = plain(given["lambdaConfig"]);
  return {
    UserPool: {
      Id: id,
      Arn: pool.outputs["arn"],
      Name: pool.outputs["name"],
      Domain: plain(domain?.inputs)["domain"],
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: plain(given["adminCreateUserConfig"])["allowAdminCreateUserOnly"],
        UnusedAccountValidityDays: 7,
      },
      LambdaConfig: Object.fromEntries(
        Object.entries(triggers).map(([name, arn]) => [capitalised(name), arn]),
      ),
      DeletionProtection: given["deletionProtection"] ?? "INACTIVE",
      UserPoolTier: given["userPoolTier"] ?? "ESSENTIALS",
      UserPoolTags: { ...tags },
    },
    clients: resourcesOf(graph, "aws:cognito/userPoolClient:UserPoolClient")
      .filter((client) => plain(client.inputs)["userPoolId"] === id)
      .map((client) => clientFrom(client, id)),
    cimdPolicies: [],
  };
}

function clientFrom({ inputs, outputs }: Resource, UserPoolId: string): Json {
  const given = plain(inputs);
  const rotation = plain(given["refreshTokenRotation"]);
  const units = plain(given["tokenValidityUnits"]);
  return {
    UserPoolId,
    ClientId: outputs["id"],
    ClientName: given["name"],
    ...(given["generateSecret"] === true ? { ClientSecret: "s3cr3t".repeat(8) } : {}),
    ExplicitAuthFlows: given["explicitAuthFlows"],
    AllowedOAuthFlowsUserPoolClient: given["allowedOauthFlowsUserPoolClient"],
    AllowedOAuthFlows: given["allowedOauthFlows"],
    AllowedOAuthScopes: given["allowedOauthScopes"],
    ...(given["callbackUrls"] === undefined ? {} : { CallbackURLs: given["callbackUrls"] }),
    ...(given["logoutUrls"] === undefined ? {} : { LogoutURLs: given["logoutUrls"] }),
    SupportedIdentityProviders: given["supportedIdentityProviders"],
    WriteAttributes: given["writeAttributes"],
    PreventUserExistenceErrors: given["preventUserExistenceErrors"],
    EnableTokenRevocation: given["enableTokenRevocation"],
    IdTokenValidity: given["idTokenValidity"],
    AccessTokenValidity: given["accessTokenValidity"],
    RefreshTokenValidity: given["refreshTokenValidity"],
    TokenValidityUnits: {
      IdToken: units["idToken"],
      AccessToken: units["accessToken"],
      RefreshToken: units["refreshToken"],
    },
    ...(given["refreshTokenRotation"] === undefined
      ? {}
      : {
          RefreshTokenRotation: {
            Feature: rotation["feature"],
            RetryGracePeriodSeconds: rotation["retryGracePeriodSeconds"],
          },
        }),
    AuthSessionValidity: 3,
  };
}

function items(entries: readonly unknown[]): Json {
  return entries.length === 0 ? { Quantity: 0 } : { Quantity: entries.length, Items: [...entries] };
}

export function statements(...Statement: readonly object[]): object {
  return { Version: "2012-10-17", Statement };
}

function document(value: unknown): object {
  return typeof value === "string" ? JSON.parse(value) : plain(value);
}

/** An object without the graph's marks of secrets; empty for what is none. */
function plain(value: unknown): Record<string, unknown> {
  const bare = unmarked(value);
  return typeof bare === "object" && bare !== null ? { ...bare } : {};
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value;
  if ("<secret>" in value) return unmarked(value["<secret>"]);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unmarked(member)]));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function strings(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plain(value)).map(([key, member]) => [key, text(member)]),
  );
}

function capitalised(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
