import type { StageSettings } from "@sst-gatehouse/blueprint/stages";
import type { SourceChange } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { expect, test } from "vitest";

import { access, evaluateSample, stageOf } from "./support/sample.ts";

const change = (file: string, from: string, to: string): SourceChange => ({
  file: `packages/sst-gatehouse/src/component/${file}.ts`,
  from,
  to,
});

/** One-line changes of the component that AWS would refuse, or that would open the lock; each with the rule that sees it. */
const mutations: [
  what: string,
  mutation: SourceChange,
  rule: string,
  stage?: string,
  production?: StageSettings,
][] = [
  // The guard's function
  [
    "the guard in the app's region",
    change(
      "guard",
      "{ parent, provider: usEast1, dependsOn: policy }",
      "{ parent, dependsOn: policy }",
    ),
    "guard-region",
  ],
  [
    "no numbered version",
    change("guard", "publish: true,", "publish: false,"),
    "behaviour-guard-version",
  ],
  [
    "the function without a version",
    change("cdn", "lambdaArn: guard.qualifiedArn", "lambdaArn: guard.arn"),
    "behaviour-guard",
  ],
  [
    "an environment",
    change("guard", "publish: true,", "publish: true, environment: { variables: { A: 'b' } },"),
    "guard-feature",
  ],
  [
    "a VPC",
    change(
      "guard",
      "publish: true,",
      "publish: true, vpcConfig: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },",
    ),
    "guard-feature",
  ],
  [
    "a layer",
    change(
      "guard",
      "publish: true,",
      "publish: true, layers: ['arn:aws:lambda:us-east-1:1:layer:a:1'],",
    ),
    "guard-feature",
  ],
  ["arm64", change("guard", "[guardFunction.architecture]", '["arm64"]'), "guard-architecture"],
  [
    "a runtime that the provider refuses",
    change("gate-context", '"NodeJS24dX" in aws.lambda.Runtime', "true"),
    "guard-runtime",
  ],
  [
    "more time than Lambda@Edge has",
    change("guard", "timeout: guardFunction.timeoutSeconds", "timeout: 60"),
    "guard-timeout",
  ],
  [
    "a guard that the engine would delete",
    change("guard", "skipDestroy: true,", "skipDestroy: false,"),
    "guard-left-behind",
  ],
  [
    "a fixed name",
    change("guard", "publish: true,", "publish: true, name: `${named}-guard`,"),
    "guard-name",
  ],
  [
    "a log group of another name",
    change("guard", "        logGroup,\n", '        logGroup: "/other",\n'),
    "guard-log-group",
  ],
  [
    "no level for the guard's own lines, which makes it change at every deploy",
    change("guard", "        applicationLogLevel: guardFunction.logLevel,\n", ""),
    "function-log-levels",
  ],
  [
    "no level for Lambda's lines about the guard, which makes it change at every deploy",
    change("guard", "        systemLogLevel: guardFunction.logLevel,\n", ""),
    "function-log-levels",
  ],
  // The guard's role
  [
    "a role that the account may take",
    change(
      "guard",
      "assumeRolePolicy: JSON.stringify(edgeRoleTrust)",
      'assumeRolePolicy: JSON.stringify({ ...edgeRoleTrust, Statement: [...edgeRoleTrust.Statement, { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "*" } }] })',
    ),
    "guard-role-trust",
  ],
  [
    "a role that Lambda@Edge may not take",
    change(
      "guard",
      "assumeRolePolicy: JSON.stringify(edgeRoleTrust)",
      'assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })',
    ),
    "guard-role-trust",
  ],
  [
    "a role of a generated name, which the backend does not believe",
    change("guard", "name: edgeRoleName(owner, stage.name, region),", "namePrefix: named,"),
    "guard-role-name",
  ],
  [
    "a managed policy on top",
    change(
      "guard",
      "name: edgeRoleName(owner, stage.name, region),",
      'name: edgeRoleName(owner, stage.name, region), managedPolicyArns: ["arn:aws:iam::aws:policy/AWSLambda_FullAccess"],',
    ),
    "guard-role-managed-policies",
  ],
  [
    "a policy that reaches further than the blueprint's",
    change("guard", "parameter${prefix}`", "parameter/gatehouse`"),
    "guard-role-policy",
  ],
  [
    "a policy that allows a call which the guard never makes",
    change(
      "guard",
      "log-group:${logGroup}`,\n          }),\n        ),",
      'log-group:${logGroup}`,\n          }),\n        ).replace("ssm:GetParameters", "ssm:GetParameters*"),',
    ),
    "guard-role-policy",
  ],
  // Who else may call
  [
    "a public Function URL",
    change("lock", 'authorization: "iam"', 'authorization: "none"'),
    "function-url-auth",
  ],
  [
    "CORS that Lambda answers by itself",
    change("lock", "cors: false", "cors: true"),
    "function-url-cors",
  ],
  [
    "answers that are held back until they are whole",
    change("lock", "(own) => own && !$dev", "(own) => own && $dev"),
    "function-url-mode",
  ],
  [
    "a backend that is not told how answers leave",
    change("lock", "[apiEnvironment.streaming]: streams", "OTHER: streams"),
    "backend-streaming",
  ],
  [
    "a backend's role that the account may take",
    change("lock", "if (!$dev) {", "if ($dev) {"),
    "backend-role-trust",
  ],
  [
    "another function that is linked to the backend",
    change(
      "parameters",
      "  return {\n    appUrl,",
      '  new sst.aws.Function("Other", { handler: "packages/functions/src/lambda.handler", link: [backend.function] });\n  return {\n    appUrl,',
    ),
    "invoke-granted",
  ],
  [
    "a permission for everybody",
    change(
      "parameters",
      "  return {\n    appUrl,",
      '  new aws.lambda.Permission("Open", { action: "lambda:InvokeFunctionUrl", function: backend.function.arn, principal: "*", functionUrlAuthType: "AWS_IAM" });\n  return {\n    appUrl,',
    ),
    "permission-public",
  ],
  [
    "a backend that is not told whom to believe",
    change("lock", "[apiEnvironment.edgeRole]: edgeRoleName", "OTHER: edgeRoleName"),
    "backend-edge-role",
  ],
  [
    "logs that nobody ever deletes",
    change("backends", 'retention: "1 month"', 'retention: "forever"'),
    "backend-log-retention",
  ],
  // The distribution
  [
    "a behaviour without the guard",
    change(
      "cdn",
      "lambdaFunctionAssociations: [{ ...cacheBehavior.trigger, lambdaArn: guard.qualifiedArn }],",
      "lambdaFunctionAssociations: [],",
    ),
    "behaviour-guard",
  ],
  [
    "a second way to the Function URL, past the guard",
    change(
      "cdn",
      "  args.transform = {",
      `  args.orderedCacheBehaviors = $output(args.defaultCacheBehavior).apply((one) => [
          { ...one, lambdaFunctionAssociations: [], pathPattern: "/x/*" },
        ]);
  args.transform = {`,
    ),
    "behaviour-guard",
  ],
  [
    "a body that the guard does not see",
    change("cdn", "...cacheBehavior.trigger,", "...cacheBehavior.trigger, includeBody: false,"),
    "behaviour-guard-body",
  ],
  [
    "a cache",
    change(
      "cdn",
      "cachePolicyId: cacheBehavior.cachePolicyId,",
      'cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",',
    ),
    "behaviour-cache",
  ],
  [
    "the viewer's Host, which the Function URL refuses",
    change(
      "cdn",
      "originRequestPolicyId: cacheBehavior.originRequestPolicyId,",
      'originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",',
    ),
    "behaviour-origin-request",
  ],
  [
    "plain http for viewers",
    change(
      "cdn",
      "viewerProtocolPolicy: cacheBehavior.viewerProtocolPolicy,",
      'viewerProtocolPolicy: "allow-all",',
    ),
    "behaviour-redirect",
  ],
  [
    "plain http to the origin",
    change("cdn", 'originProtocolPolicy: "https-only"', 'originProtocolPolicy: "match-viewer"'),
    "origin-https",
  ],
  [
    "old TLS to the origin",
    change("cdn", "[...origin.sslProtocols]", '["TLSv1", "TLSv1.2"]'),
    "origin-tls",
  ],
  [
    "an origin that is not the Function URL",
    change("cdn", "new URL(address).host", '"evil.example.com"'),
    "origin-host",
  ],
  [
    "no security headers",
    change("cdn", "responseHeadersPolicyId: cacheBehavior.responseHeadersPolicyId,", ""),
    "behaviour-headers",
  ],
  [
    "HTTP/1.1 only",
    change("cdn", 'httpVersion = "http2and3"', 'httpVersion = "http1.1"'),
    "distribution-http",
  ],
  // The user pool
  [
    "open sign-up",
    change(
      "users",
      "allowAdminCreateUserOnly: !stage.selfSignUp",
      "allowAdminCreateUserOnly: false",
    ),
    "pool-sign-up",
  ],
  [
    "recovery by phone",
    change("users", '"verified_email", priority', '"verified_phone_number", priority'),
    "pool-recovery",
  ],
  [
    "whichever sign-in pages Cognito chooses",
    change("users", "      managedLoginVersion: 1,\n", ""),
    "sign-in-pages",
  ],
  [
    "the newer sign-in pages without a style, which are none",
    change("users", "managedLoginVersion: 1,", "managedLoginVersion: 2,"),
    "sign-in-pages",
  ],
  [
    "a production pool that can be deleted",
    change("users", 'stage.production ? "ACTIVE" : "INACTIVE"', '"INACTIVE"'),
    "pool-retained",
    "production",
  ],
  [
    "a production pool that goes with its stage",
    change("users", "options.retainOnDelete = stage.production;", ""),
    "pool-retained",
    "production",
  ],
  [
    "the implicit grant on the web client",
    change("app-clients", "[...flows]", '[...flows, "implicit"]'),
    "client-flows",
  ],
  [
    "a web client without a secret",
    change("app-clients", "        generateSecret,", "        generateSecret: !person,"),
    "client-secret",
  ],
  [
    "a public client with a secret in its page, in a stage that opens it",
    change("app-clients", "        generateSecret,", "        generateSecret: true,"),
    "client-secret",
    "production",
    { spaClient: true },
  ],
  [
    "codes that arrive in the backend's own page",
    change(
      "app-clients",
      "({ callbackUrls }) => [...callbackUrls]",
      "({ callbackUrls }) => [...callbackUrls, appUrl.apply((url) => `${url}/`)]",
    ),
    "client-callback-urls",
  ],
  [
    "a front end's address that the stage does not list",
    change(
      "app-clients",
      "({ callbackUrls }) => [...callbackUrls]",
      '({ callbackUrls }) => [...callbackUrls, "otherapp://callback"]',
    ),
    "client-callback-urls",
    "production",
    { spaClient: true, spaCallbackUrls: ["myapp://callback"] },
  ],
  [
    "a client's secret that every reader of parameters sees",
    change("parameters", '    type: "SecureString",\n', '    type: "String",\n'),
    "parameter-type",
  ],
  [
    "a client's secret among the outputs",
    change("parameters", "    note: $util", "    secret: clients.webSecret,\n    note: $util"),
    "output-secret",
  ],
  [
    "a guard that may read every parameter of the stage",
    change("guard", ":parameter${prefix}`", ":parameter${prefix}/*`"),
    "guard-role-policy",
  ],
  [
    "users who may change themselves",
    change("app-clients", "            ...writeAttributes(stage),\n", ""),
    "client-write-attributes",
  ],
  [
    "clients that read less than the app needs",
    change(
      "app-clients",
      "const readable = readAttributes(access);",
      'const readable = ["email"];',
    ),
    "client-read-attributes",
  ],
  [
    "password sign-in past the hosted pages",
    change("app-clients", "[...explicitAuthFlows(kind, does)]", '["ALLOW_USER_PASSWORD_AUTH"]'),
    "client-auth-flows",
  ],
  [
    "the admin scope",
    change(
      "app-clients",
      "[...clientScopes(kind, access.scopes, stage)]",
      '[...clientScopes(kind, access.scopes, stage), "aws.cognito.signin.user.admin"]',
    ),
    "client-scopes",
  ],
  [
    "the scopes of machines for people too",
    change(
      "app-clients",
      "[...clientScopes(kind, access.scopes, stage)]",
      "[...clientScopes(kind, access.scopes, { peopleScopes: access.scopes })]",
    ),
    "client-scopes",
  ],
  [
    "no refresh-token rotation",
    change("app-clients", "rotates.apply(refreshTokenRotation)", "$output(undefined)"),
    "client-rotation",
  ],
  [
    "a callback on a stranger's host",
    change(
      "app-clients",
      "({ callbackUrls }) => [...callbackUrls]",
      '({ callbackUrls }) => [...callbackUrls, "https://evil.example/"]',
    ),
    "client-callback-urls",
  ],
  [
    "errors that tell which users exist",
    change("app-clients", 'preventUserExistenceErrors: "ENABLED",', ""),
    "client-user-existence",
  ],
  [
    "tokens that cannot be revoked",
    change("app-clients", "enableTokenRevocation: true,", "enableTokenRevocation: false,"),
    "client-revocation",
  ],
  // Parameters and names
  [
    "a firewall that the stage would have in another region too",
    change("firewall", "      name: named,", "      name: `${$app.name}-${$app.stage}`,"),
    "name-elsewhere",
    "production",
    { waf: { requestsPerFiveMinutes: 2000 } },
  ],
  [
    "a parameter outside the stage's prefix",
    change("parameters", "name: `${prefix}/${name}`", "name: `/gatehouse/${name}`"),
    "part-missing",
  ],
  [
    "a parameter that nobody reads",
    change(
      "parameters",
      'write("guard", parameterNames.guard, guard.qualifiedArn, { dependsOn: cdn });',
      'write("guard", parameterNames.guard, guard.qualifiedArn, { dependsOn: cdn }); write("secret", "secret", users.pool.id);',
    ),
    "parameter-name",
  ],
  [
    "no list of ended sign-ins, which the guard would refuse everybody for",
    change("parameters", '  write("revoked"', '  if ($dev) write("revoked"'),
    "parameter-missing",
  ],
  [
    "a list of ended sign-ins that goes while the guard of before still reads it",
    change("parameters", '  write("revoked"', '  if (stage.revocation !== "off") write("revoked"'),
    "parameter-missing",
    "production",
    { revocation: "off" },
  ],
  [
    "a list of ended sign-ins that each deploy empties",
    change("parameters", '    ignoreChanges: ["value"],\n', ""),
    "revocations-kept",
  ],
  [
    "a list of ended sign-ins that any other change of it empties",
    change("parameters", "    overwrite: false,\n", ""),
    "revocations-overwritten",
  ],
  [
    "a list of ended sign-ins that begins as something else",
    change("parameters", "parameterNames.revoked, noRevocations", 'parameterNames.revoked, "{}"'),
    "parameter-value",
  ],
  [
    "a guard that keeps no list though the stage has one",
    change("guard", "domain: host },\n", 'domain: host, revocation: "off" },\n'),
    "guard-settings",
  ],
  [
    "an outputs parameter for another app",
    change(
      "parameters",
      "forClients(stage, (client) => ({ id: ofClient(ids, client) }))",
      "forClients(stage, () => ({ id: ids.web }))",
    ),
    "parameter-value",
  ],
  // Who else could act as the guard, the pool or the distribution
  [
    "another function that is linked to the user pool",
    change(
      "parameters",
      "  return {\n    appUrl,",
      '  new sst.aws.Function("Other", { handler: "packages/functions/src/lambda.handler", link: [users.pool] });\n  return {\n    appUrl,',
    ),
    "impersonation-granted",
  ],
  [
    "another function that runs as the guard's role",
    change(
      "guard",
      "  const code = $util",
      '  new aws.lambda.Function("Helper", { role: role.arn, runtime: "nodejs22.x", handler: "lambda.handler", s3Bucket: "helpers", s3Key: "helper.zip" });\n  const code = $util',
    ),
    "guard-role-shared",
  ],
  [
    "an account that may call the guard",
    change(
      "parameters",
      "  return {\n    appUrl,",
      '  new aws.lambda.Permission("Edge", { action: "lambda:InvokeFunction", function: guard.arn, principal: "999999999999" });\n  return {\n    appUrl,',
    ),
    "permission-guard",
  ],
  [
    "a user with a password in the code",
    change(
      "parameters",
      "  return {\n    appUrl,",
      '  new aws.cognito.User("Eve", { userPoolId: users.pool.id, username: "eve", password: "x" });\n  return {\n    appUrl,',
    ),
    "type-unknown",
  ],
  [
    "a stranger's function that writes tokens",
    change(
      "users",
      'args.userPoolTier = "ESSENTIALS";',
      'args.userPoolTier = "ESSENTIALS"; args.lambdaConfig = { preTokenGeneration: "arn:aws:lambda:eu-central-1:999999999999:function:x" };',
    ),
    "pool-trigger-functions",
  ],
  [
    "a second factor that nobody could set up",
    change(
      "users",
      'if (stage.mfa !== "off") args.softwareTokenMfaConfiguration = { enabled: true };',
      'args.mfaConfiguration = "ON";',
    ),
    "pool-mfa",
  ],
  [
    "passwords of another length than the stage says",
    change("users", "minimumLength: stage.passwordMinLength,", "minimumLength: 10,"),
    "pool-password-length",
  ],
  [
    "threat protection on a plan that has none",
    change(
      "users",
      'if (stage.threatProtection !== "off") {',
      'args.userPoolAddOns = { advancedSecurityMode: "AUDIT" };\n          if (stage.threatProtection !== "off") {',
    ),
    "pool-threat-protection",
  ],
  // What the guard believes, and what would leak
  [
    "a guard with the keys of another pool",
    change(
      "guard",
      "fetchKeySet({ region, userPoolId,",
      "fetchKeySet({ region, userPoolId: `${userPoolId}X`,",
    ),
    "guard-settings",
  ],
  [
    "a guard with other rules than access.ts",
    change(
      "guard",
      "{ settings, access, sealing: keys }",
      '{ settings, sealing: keys, access: { ...access, rules: access.rules.filter(({ access }) => access === "signed-in") } }',
    ),
    "guard-access",
  ],
  [
    "tokens for a backend of a stage that does not forward them",
    change("guard", "domain: host },\n", "domain: host, forwardToken: true },\n"),
    "guard-settings",
  ],
  [
    "a Function URL that was typed, not looked up",
    change(
      "backends",
      "  return [first, ...others];",
      '  const legacy = { url: $output("https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws"), arn: $output("arn:aws:lambda:eu-central-1:123456789012:function:legacy") };\n  return [first, { name: "legacy", paths: ["/legacy/*"], function: legacy, url: legacy.url }];',
    ),
    "origin-host",
  ],
  [
    "access logs with session cookies",
    change(
      "cdn",
      "distribution.isIpv6Enabled = true;",
      'distribution.isIpv6Enabled = true; distribution.loggingConfig = { bucket: "logs.s3.amazonaws.com", includeCookies: true };',
    ),
    "distribution-logging",
  ],
  [
    "a secret that SST prints",
    change(
      "parameters",
      "    userPoolId: users.id,\n    webClientId",
      "    userPoolId: $util.secret(users.id),\n    webClientId",
    ),
    "output-secret",
  ],
];

test.each(mutations)("%s is refused", async (_what, mutation, rule, stage = "anna", production) => {
  const evaluation = await evaluateSample({ stage, production, changes: [mutation] });
  try {
    const violations = checkGraph(evaluation.graph, stageOf(stage, production), access);
    expect(violations.map((violation) => violation.rule)).toContain(rule);
    // Each says what to do.
    expect(
      violations.map(({ message }) => message).filter((message) => !/: \S/.test(message)),
    ).toEqual([]);
  } finally {
    await evaluation.dispose();
  }
});
