import { resolveStage, type Stage } from "@sst-gatehouse/blueprint/stages";
import { defineAccess } from "@sst-gatehouse/core/access";

import type { Graph, Resource } from "../src/dry-run/graph/graph.ts";
import { publicKeysOf } from "../src/dry-run/engine/public-keys.ts";
import { type Chain, findChain } from "../src/review/rules/facts/chain.ts";
import type { Violation } from "../src/review/rules/violation.ts";

/** A small stage that breaks no rule, written out so that the blueprint is not compared with itself. */
export const annaStage: Stage = resolveStage(
  { default: { corsOrigins: ["https://tools.example"] } },
  "anna",
);

export const accessUnderTest = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: { "/*": "signed-in", "/public/*": "anyone", "/admin/*": { groups: ["admin"] } },
});

const account = "123456789012";
const apiName = "gatehouse-anna-GateApiFunction-bafkksbh";
const apiArn = `arn:aws:lambda:eu-central-1:${account}:function:${apiName}`;
const apiRoleArn = `arn:aws:iam::${account}:role/gatehouse-anna-GateApiRole-bafkksbh`;
const guardRoleArn = `arn:aws:iam::${account}:role/gatehouse-anna-eu-central-1-guard`;
const guardName = "gatehouse-anna-Guard-0000000";
const guardArn = `arn:aws:lambda:us-east-1:${account}:function:${guardName}`;
const functionUrlHost = "ea4cd32856fcd59055d919770d415bf5.lambda-url.eu-central-1.on.aws";
const poolId = "eu-central-1_c63051dcd";
const webId = "c3db917b451f3b3e5c16957c62";
const machineId = "77db917b451f3b3e5c16957c99";

export const resourceNames = {
  api: "GateApiFunction",
  apiLog: "GateApiLogGroup",
  apiRole: "GateApiRole",
  apiUrl: "GateApiUrl",
  distribution: "GateCdnDistribution",
  guard: "gatehouse-anna-Guard",
  guardPolicy: "GateGuardPolicy",
  guardRole: "GateGuardRole",
  pool: "GateUsersUserPool",
  domain: "GateSignInDomain",
  resourceServer: "GateResourceServer",
  web: "GateWebClient",
  machine: "GateMachineClient",
  secretParameter: "ParameterSecret",
  webParameter: "ParameterWeb",
  machineParameter: "ParameterMachine",
  guardParameter: "ParameterGuard",
  outputsParameter: "ParameterOutputs",
  revokedParameter: "ParameterRevoked",
} as const;

/** The correct graph of the stage `anna`, with some resources changed, added or taken away. */
export function graphUnderTest({
  changes = {},
  added = [],
  without = [],
  ...graph
}: {
  /** By logical name: the inputs that differ; undefined takes one away. */
  readonly changes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly added?: readonly Resource[];
  readonly without?: readonly string[];
} & Partial<Omit<Graph, "resources">> = {}): Graph {
  for (const name of [...Object.keys(changes), ...without]) {
    if (!resources.some((candidate) => candidate.name === name))
      throw new TypeError(`there is no ${name} to change`);
  }
  return {
    app: "gatehouse",
    stage: "anna",
    dev: false,
    removal: "remove",
    protect: false,
    region: "eu-central-1",
    outputs: {},
    awsProvider: "6.83.4",
    lookups: [],
    ...graph,
    resources: [
      ...resources
        .filter(({ name }) => !without.includes(name))
        .map((unchanged) => withInputs(unchanged, changes[unchanged.name] ?? {})),
      ...added,
    ],
  };
}

/** The chain of a graph that has all its parts. */
export function chainUnderTest(
  change: Parameters<typeof graphUnderTest>[0] = {},
  stage: Stage = annaStage,
): Chain {
  const chain = findChain(graphUnderTest(change), stage);
  if (!("guard" in chain)) throw new TypeError(JSON.stringify(chain));
  return chain;
}

/** A resource as the graph has it; in the home region unless said otherwise. */
export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  { region, outputs, options }: Partial<Pick<Resource, "region" | "outputs" | "options">> = {},
): Resource {
  return {
    type,
    name,
    urn: `urn:pulumi:anna::gatehouse::${type}::${name}`,
    region: region ?? "eu-central-1",
    component: false,
    parent: "gatehouse:index:Gatehouse::Gate",
    dependsOn: [],
    options: options ?? {},
    inputs,
    outputs: outputs ?? { id: `${name}-id` },
  };
}

function withInputs(
  unchanged: Resource,
  { $region, $options, ...inputs }: Readonly<Record<string, unknown>>,
): Resource {
  return {
    ...unchanged,
    ...(typeof $region === "string" && { region: $region }),
    ...(typeof $options === "object" && { options: { ...$options } }),
    inputs: { ...unchanged.inputs, ...inputs },
  };
}

export const guardPolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "CallTheFunctionUrl",
      Effect: "Allow",
      Action: "lambda:InvokeFunctionUrl",
      Resource: [apiArn],
      Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
    },
    {
      Sid: "InvokeThroughTheUrlOnly",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: [apiArn],
      Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
    },
    {
      Sid: "ReadItsOwnSettings",
      Effect: "Allow",
      Action: "ssm:GetParameters",
      Resource: [
        `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/clients/*`,
        `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/jwks`,
        `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/revoked`,
        `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/revoked/*`,
      ],
    },
    {
      Sid: "ReadTheClientSecret",
      Effect: "Allow",
      Action: "ssm:GetParameters",
      Resource: `arn:aws:ssm:eu-central-1:${account}:parameter/gatehouse/gatehouse/anna/web-client-secret`,
    },
    {
      Sid: "WriteItsLog",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [
        `arn:aws:logs:*:${account}:log-group:/gatehouse/gatehouse/anna/guard`,
        `arn:aws:logs:*:${account}:log-group:/gatehouse/gatehouse/anna/guard:*`,
      ],
    },
  ],
} as const;

/** What the guard is told: the trust anchors of the stage. */
export const settingsUnderTest = {
  madeBy: "deploy",
  region: "eu-central-1",
  prefix: "/gatehouse/gatehouse/anna",
  functionUrlHost,
  issuers: [
    `https://cognito-idp.eu-central-1.amazonaws.com/${poolId}`,
    `https://issuer-cognito-idp.eu-central-1.amazonaws.com/${poolId}`,
  ],
  jwks: { keys: publicKeysOf(poolId) },
  clientNames: ["web", "machine"],
  corsOrigins: ["https://tools.example"],
  forwardToken: false,
  originHeaderBytes: 9728,
  signIn: {
    hostedOrigin: "https://gatehouse-anna-0a1b2c3d.auth.eu-central-1.amazoncognito.com",
    client: "web",
    peopleScopes: [],
  },
  revocation: { mode: "on", whenUnknown: "refuse" },
} as const;

/** What Cognito is told about the app clients. */
const clientInputs = {
  userPoolId: poolId,
  allowedOauthFlowsUserPoolClient: true,
  explicitAuthFlows: ["ALLOW_CUSTOM_AUTH"],
  preventUserExistenceErrors: "ENABLED",
  enableTokenRevocation: true,
  idTokenValidity: 60,
  accessTokenValidity: 60,
  refreshTokenValidity: 30,
  tokenValidityUnits: { idToken: "minutes", accessToken: "minutes", refreshToken: "days" },
};

export const behaviorUnderTest = {
  targetOriginId: "/*",
  viewerProtocolPolicy: "redirect-to-https",
  allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
  cachedMethods: ["GET", "HEAD"],
  compress: true,
  defaultTtl: 0,
  cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  responseHeadersPolicyId: "67f7725c-6f97-4210-82d7-5512b31e9d03",
  functionAssociations: [],
  lambdaFunctionAssociations: [
    { eventType: "origin-request", includeBody: true, lambdaArn: `${guardArn}:1` },
  ],
} as const;

export const originUnderTest = {
  originId: "/*",
  domainName: functionUrlHost,
  customOriginConfig: {
    httpPort: 80,
    httpsPort: 443,
    originProtocolPolicy: "https-only",
    originReadTimeout: 30,
    originKeepaliveTimeout: 5,
    originSslProtocols: ["TLSv1.2"],
  },
} as const;

export const outputsUnderTest = {
  appUrl: "https://dd11d7b4aa6785.cloudfront.net",
  signInUrl: `https://gatehouse-anna-0a1b2c3d.auth.eu-central-1.amazoncognito.com/login?client_id=${webId}&response_type=code&scope=openid+email+profile&redirect_uri=https%3A%2F%2Fdd11d7b4aa6785.cloudfront.net%2F.auth%2Fcallback`,
  functionUrl: `https://${functionUrlHost}`,
  region: "eu-central-1",
  edgeRegion: "us-east-1",
  userPoolId: poolId,
  clients: { web: { id: webId }, machine: { id: machineId } },
  endpoints: {
    ssm: "https://ssm.eu-central-1.amazonaws.com",
    cognitoIdp: "https://cognito-idp.eu-central-1.amazonaws.com",
  },
};

function parameter(
  name: string,
  below: string,
  value: string,
  more: Readonly<Record<string, unknown>> = {},
  options: Resource["options"] = {},
): Resource {
  const inputs = {
    name: `/gatehouse/gatehouse/anna/${below}`,
    type: "String",
    ...more,
    // The provider's SDK marks every value as a secret.
    value: { "<secret>": value },
  };
  return resource("aws:ssm/parameter:Parameter", name, inputs, { options });
}

const resources: readonly Resource[] = [
  {
    ...resource(
      "gatehouse:index:Gatehouse",
      "Gate",
      {},
      { outputs: { backends: ["GateApi"], userPoolId: poolId } },
    ),
    component: true,
  },
  resource(
    "aws:cloudfront/distribution:Distribution",
    resourceNames.distribution,
    {
      aliases: [],
      comment: "Cdn router",
      defaultCacheBehavior: behaviorUnderTest,
      enabled: true,
      httpVersion: "http2and3",
      orderedCacheBehaviors: [],
      origins: [originUnderTest],
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
      waitForDeployment: false,
    },
    { outputs: { id: "ED11D7B4AA678", domainName: "dd11d7b4aa6785.cloudfront.net" } },
  ),
  resource("aws:cloudfront/function:Function", "GateCloudfrontFunction", {
    name: "gatehouse-anna-GateCloudfrontFunction-bafkksbh",
    runtime: "cloudfront-js-2.0",
  }),
  resource("aws:cloudwatch/logGroup:LogGroup", resourceNames.apiLog, {
    name: `/aws/lambda/${apiName}`,
    retentionInDays: 30,
  }),
  resource("aws:cognito/resourceServer:ResourceServer", resourceNames.resourceServer, {
    identifier: "api",
    name: "api",
    scopes: [
      { scopeName: "read", scopeDescription: "read" },
      { scopeName: "write", scopeDescription: "write" },
    ],
    userPoolId: poolId,
  }),
  resource("aws:cognito/userGroup:UserGroup", "AdminGroup", { name: "admin", userPoolId: poolId }),
  resource(
    "aws:cognito/userPool:UserPool",
    resourceNames.pool,
    {
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      deletionProtection: "INACTIVE",
      name: "gatehouse-anna-GateUsersUserPool-bafkksbh",
    },
    { outputs: { id: poolId, publicKeys: publicKeysOf(poolId) } },
  ),
  resource(
    "aws:cognito/userPoolClient:UserPoolClient",
    resourceNames.machine,
    {
      ...clientInputs,
      allowedOauthFlows: ["client_credentials"],
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      allowedOauthScopes: ["api/read", "api/write"],
      generateSecret: true,
      name: "gatehouse-anna-machine",
    },
    { outputs: { id: machineId, clientSecret: { "<secret>": "swordfish" } } },
  ),
  resource(
    "aws:cognito/userPoolClient:UserPoolClient",
    resourceNames.web,
    {
      ...clientInputs,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "email", "profile"],
      callbackUrls: ["https://dd11d7b4aa6785.cloudfront.net/.auth/callback"],
      generateSecret: true,
      logoutUrls: ["https://dd11d7b4aa6785.cloudfront.net/.auth/signed-out"],
      name: "gatehouse-anna-web",
      refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 60 },
      supportedIdentityProviders: ["COGNITO"],
      writeAttributes: ["locale"],
    },
    { outputs: { id: webId, clientSecret: { "<secret>": "open sesame" } } },
  ),
  resource("aws:cognito/userPoolDomain:UserPoolDomain", resourceNames.domain, {
    domain: "gatehouse-anna-0a1b2c3d",
    managedLoginVersion: 1,
    userPoolId: poolId,
  }),
  resource(
    "aws:iam/role:Role",
    resourceNames.apiRole,
    {
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AllowAssumeRole",
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "lambda.amazonaws.com" },
          },
        ],
      },
      inlinePolicies: [],
      managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
      name: "gatehouse-anna-GateApiRole-bafkksbh",
    },
    { outputs: { id: "gatehouse-anna-GateApiRole-bafkksbh", arn: apiRoleArn } },
  ),
  resource(
    "aws:iam/role:Role",
    resourceNames.guardRole,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
          },
        ],
      }),
      name: "gatehouse-anna-eu-central-1-guard",
    },
    { outputs: { id: "gatehouse-anna-eu-central-1-guard", arn: guardRoleArn } },
  ),
  resource("aws:iam/rolePolicy:RolePolicy", resourceNames.guardPolicy, {
    role: "gatehouse-anna-eu-central-1-guard",
    policy: JSON.stringify(guardPolicyDocument),
  }),
  resource(
    "aws:lambda/function:Function",
    resourceNames.api,
    {
      architectures: ["arm64"],
      environment: {
        variables: {
          GATEHOUSE_EDGE_ACCOUNT: account,
          GATEHOUSE_EDGE_ROLE: "gatehouse-anna-eu-central-1-guard",
          GATEHOUSE_CORS_ORIGINS: '["https://tools.example"]',
          GATEHOUSE_STREAMING: "on",
          SST_KEY_FILE: "resource.enc",
        },
      },
      handler: "bundle.handler",
      loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${apiName}` },
      memorySize: 512,
      name: apiName,
      role: apiRoleArn,
      runtime: "nodejs22.x",
      timeout: 60,
    },
    { outputs: { id: apiName, arn: apiArn } },
  ),
  resource(
    "aws:lambda/function:Function",
    resourceNames.guard,
    {
      architectures: ["x86_64"],
      code: {
        archive: {
          "lambda.cjs": { sha256: "1".repeat(64), bytes: 40_400 },
          "parameters.cjs": { sha256: "2".repeat(64), bytes: 180_000 },
          "fetch-key-set.cjs": { sha256: "3".repeat(64), bytes: 1200 },
          "settings.json": {
            sha256: "4".repeat(64),
            bytes: 1900,
            text: JSON.stringify({ schema: 1, sha256: "…", settings: settingsUnderTest }),
          },
          "stage-revocations.cjs": { sha256: "5".repeat(64), bytes: 4900 },
          "sessions.cjs": { sha256: "6".repeat(64), bytes: 26_000 },
          "resource.cjs": { sha256: "a".repeat(64), bytes: 11_000 },
          "responses.cjs": { sha256: "8".repeat(64), bytes: 2500 },
          "libraries.cjs": { sha256: "9".repeat(64), bytes: 13_000 },
          "sealing.json": { sha256: "[secret]", bytes: 200 },
          "access.json": {
            sha256: "7".repeat(64),
            bytes: 1300,
            text: JSON.stringify({ schema: 1, sha256: "…", access: accessUnderTest }),
          },
        },
      },
      handler: "lambda.handler",
      loggingConfig: {
        logFormat: "JSON",
        applicationLogLevel: "INFO",
        systemLogLevel: "INFO",
        logGroup: "/gatehouse/gatehouse/anna/guard",
      },
      memorySize: 512,
      publish: true,
      role: guardRoleArn,
      runtime: "nodejs22.x",
      skipDestroy: true,
      timeout: 10,
    },
    {
      region: "us-east-1",
      outputs: {
        id: guardName,
        name: guardName,
        arn: guardArn,
        version: "1",
        qualifiedArn: `${guardArn}:1`,
      },
    },
  ),
  resource(
    "aws:lambda/functionUrl:FunctionUrl",
    resourceNames.apiUrl,
    { authorizationType: "AWS_IAM", functionName: apiName, invokeMode: "RESPONSE_STREAM" },
    { outputs: { id: apiName, functionUrl: `https://${functionUrlHost}/` } },
  ),
  parameter(resourceNames.machineParameter, "clients/machine", machineId),
  parameter(resourceNames.webParameter, "clients/web", webId),
  parameter(resourceNames.secretParameter, "web-client-secret", "open sesame", {
    type: "SecureString",
  }),
  parameter(resourceNames.guardParameter, "guard", `${guardArn}:1`),
  parameter(resourceNames.outputsParameter, "outputs", JSON.stringify(outputsUnderTest)),
  parameter(
    resourceNames.revokedParameter,
    "revoked",
    '{"everybody":0,"users":{}}',
    { overwrite: false },
    { ignoreChanges: ["value"] },
  ),
  resource("sst:aws:Router", "Cdn", {}),
];

/** The ids of the rules that are broken, in order, each once. */
export function rulesOf(violations: readonly Violation[]): readonly string[] {
  return [...new Set(violations.map(({ rule }) => rule))];
}
