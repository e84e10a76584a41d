import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { checkAppClients } from "./app-clients.ts";
import {
  annaStage,
  chainUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

type Inputs = Readonly<Record<string, unknown>>;
const { web, machine, distribution } = resourceNames;
const appUrl = "https://dd11d7b4aa6785.cloudfront.net";

function check(name: string, inputs: Inputs, stage = annaStage): readonly string[] {
  return rulesOf(checkAppClients(chainUnderTest({ changes: { [name]: inputs } }, stage)));
}

test("the blueprint's clients break no rule", () => {
  expect(checkAppClients(chainUnderTest())).toEqual([]);
  expect(check(web, { defaultRedirectUri: `${appUrl}/.auth/callback` })).toEqual([]);
});

const units = { idToken: "minutes", accessToken: "minutes", refreshToken: "days" };
const forBoth: [rule: string, inputs: Inputs][] = [
  ["client-pool", { userPoolId: "eu-central-1_other" }],
  ["client-flows", { allowedOauthFlowsUserPoolClient: false }],
  ["client-flows", { allowedOauthFlows: ["code", "client_credentials"] }],
  ["client-flows", { allowedOauthFlows: undefined }],
  ["client-scopes", { allowedOauthScopes: undefined }],
  ["client-scopes", { allowedOauthScopes: ["openid", "aws.cognito.signin.user.admin"] }],
  ["client-auth-flows", { explicitAuthFlows: undefined }],
  ["client-auth-flows", { explicitAuthFlows: [] }],
  ["client-auth-flows", { explicitAuthFlows: ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"] }],
  ["client-auth-flows", { explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }],
  ["client-auth-flows", { explicitAuthFlows: ["ALLOW_USER_AUTH"] }],
  ["client-user-existence", { preventUserExistenceErrors: "LEGACY" }],
  ["client-user-existence", { preventUserExistenceErrors: undefined }],
  ["client-revocation", { enableTokenRevocation: false }],
  ["client-revocation", { enableTokenRevocation: undefined }],
  ["client-lifetimes", { idTokenValidity: 1440 }],
  ["client-lifetimes", { accessTokenValidity: undefined }],
  ["client-lifetimes", { refreshTokenValidity: 3650 }],
  ["client-lifetimes", { tokenValidityUnits: undefined }],
  ["client-lifetimes", { tokenValidityUnits: { ...units, accessToken: "hours" } }],
];

test.each(forBoth)("%s is broken by %j, for people and for machines", (rule, inputs) => {
  expect(check(web, inputs)).toEqual([rule]);
  expect(check(machine, inputs)).toEqual([rule]);
});

const here = [`${appUrl}/.auth/callback`];
const forPeople: [rule: string, inputs: Inputs][] = [
  ["client-secret", { generateSecret: false }],
  ["client-secret", { generateSecret: undefined }],
  ["client-callback-urls", { callbackUrls: ["https://example.com"] }],
  ["client-callback-urls", { callbackUrls: [...here, "https://evil.example/"] }],
  ["client-callback-urls", { callbackUrls: [...here, `${appUrl}/`] }],
  ["client-callback-urls", { callbackUrls: [...here, "http://localhost:5173/"] }],
  ["client-callback-urls", { callbackUrls: [`${appUrl}/`] }],
  ["client-callback-urls", { defaultRedirectUri: "https://evil.example/" }],
  ["client-logout-urls", { logoutUrls: [`${appUrl}/`] }],
  ["client-logout-urls", { logoutUrls: undefined }],
  ["client-auth-flows", { explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] }],
  ["client-rotation", { refreshTokenRotation: undefined }],
  ["client-rotation", { refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 0 } }],
  [
    "client-rotation",
    { refreshTokenRotation: { feature: "DISABLED", retryGracePeriodSeconds: 60 } },
  ],
  ["client-write-attributes", { writeAttributes: undefined }],
  ["client-write-attributes", { writeAttributes: [] }],
  ["client-write-attributes", { writeAttributes: ["locale", "email"] }],
  ["client-write-attributes", { writeAttributes: ["email"] }],
  ["client-providers", { supportedIdentityProviders: undefined }],
  ["client-providers", { supportedIdentityProviders: ["COGNITO", "Facebook"] }],
];

test.each(forPeople)("for people, %s is broken by %j", (rule, inputs) => {
  expect(check(web, inputs)).toEqual([rule]);
});

test.each([
  ["client-auth-flows", { explicitAuthFlows: ["ALLOW_CUSTOM_AUTH"] }],
  ["client-auth-flows", { explicitAuthFlows: [] }],
  ["client-secret", { generateSecret: false }],
  ["client-secret", { generateSecret: undefined }],
  ["client-callback-urls", { callbackUrls: ["https://example.com"] }],
  ["client-callback-urls", { logoutUrls: ["https://example.com"] }],
])("for machines, %s is broken by %j", (rule, inputs) => {
  expect(check(machine, inputs)).toEqual([rule]);
});

test("people may ask for what the stage gives them, and for nothing else of the API", () => {
  const openId = ["openid", "email", "profile"];
  const given = resolveStage({ default: { peopleScopes: ["api/read"] } }, "anna");
  const scopes = (...more: readonly string[]) => ({ allowedOauthScopes: [...openId, ...more] });
  expect(check(web, scopes("api/read"))).toEqual(["client-scopes"]);
  expect(check(web, scopes("api/read"), given)).not.toContain("client-scopes");
  expect(check(web, scopes(), given)).toContain("client-scopes");
  expect(check(web, scopes("api/read", "api/write"), given)).toContain("client-scopes");
  expect(check(machine, { allowedOauthScopes: ["api/read"] }, given)).toContain("client-scopes");
});

test("the implicit grant is refused for people, and named", () => {
  expect(check(web, { allowedOauthFlows: ["code", "implicit"] })).toEqual([
    "client-flows",
    "client-implicit",
  ]);
});

const walkthrough = resource(
  "aws:cognito/userPoolClient:UserPoolClient",
  "GateWalkthroughClient",
  {
    ...chainUnderTest().clients.get("web")?.inputs,
    allowedOauthFlows: ["code", "implicit"],
    generateSecret: false,
    ...redirectUrls("walkthrough", appUrl, annaStage),
  },
  { outputs: { id: "55db917b451f3b3e5c16957c55" } },
);
const walkthroughParameter = resource("aws:ssm/parameter:Parameter", "ParameterWalkthrough", {
  name: "/gatehouse/gatehouse/anna/clients/walkthrough",
  type: "String",
  value: "55db917b451f3b3e5c16957c55",
});

test("the walk-through's client exists only where the stage opens the implicit grant", () => {
  const added = [walkthrough, walkthroughParameter];
  const open = resolveStage({ default: { implicitGrant: true } }, "anna");
  expect(checkAppClients(chainUnderTest({ added }, open))).toEqual([]);
  expect(rulesOf(checkAppClients(chainUnderTest({ added })))).toEqual(["client-unknown"]);
});

const spa = resource(
  "aws:cognito/userPoolClient:UserPoolClient",
  "GateSpaClient",
  {
    ...chainUnderTest().clients.get("web")?.inputs,
    generateSecret: false,
    callbackUrls: [`${appUrl}/`, "http://localhost:5173/"],
    logoutUrls: [`${appUrl}/`, "http://localhost:5173/"],
  },
  { outputs: { id: "1h57kf5cpq17m0eml12345spa" } },
);
const spaParameter = resource("aws:ssm/parameter:Parameter", "ParameterSpa", {
  name: "/gatehouse/gatehouse/anna/clients/spa",
  type: "String",
  value: "1h57kf5cpq17m0eml12345spa",
});

test("the public client exists only where the stage opens it, and has no secret", () => {
  const added = [spa, spaParameter];
  const open = resolveStage({ default: { spaClient: true } }, "anna");
  expect(checkAppClients(chainUnderTest({ added }, open))).toEqual([]);
  expect(rulesOf(checkAppClients(chainUnderTest({ added })))).toEqual(["client-unknown"]);
  const secret = { ...spa, inputs: { ...spa.inputs, generateSecret: true } };
  const withSecret = chainUnderTest({ added: [secret, spaParameter] }, open);
  expect(rulesOf(checkAppClients(withSecret))).toEqual(["client-secret"]);
});

test("the public client returns to exactly the addresses that the stage lists besides", () => {
  const listed = { spaCallbackUrls: ["myapp://callback"], spaLogoutUrls: ["myapp://signed-out"] };
  const open = resolveStage({ default: { spaClient: true, ...listed } }, "anna");
  const returning = (callback: readonly string[], logout: readonly string[]) => {
    const [own, dev] = [`${appUrl}/`, "http://localhost:5173/"];
    const inputs = {
      ...spa.inputs,
      callbackUrls: [own, dev, ...callback],
      logoutUrls: [own, dev, ...logout],
    };
    const added = [{ ...spa, inputs }, spaParameter];
    return rulesOf(checkAppClients(chainUnderTest({ added }, open)));
  };
  expect(returning(["myapp://callback"], ["myapp://signed-out"])).toEqual([]);
  expect(returning([], ["myapp://signed-out"])).toEqual(["client-callback-urls"]);
  expect(returning(["myapp://callback", "otherapp://x"], ["myapp://signed-out"])).toEqual([
    "client-callback-urls",
  ]);
  expect(returning(["myapp://callback"], ["myapp://callback"])).toEqual(["client-logout-urls"]);
});

test("a development server is none of production's addresses", () => {
  const added = [spa, spaParameter];
  const open = { ...annaStage, spaClient: true, production: true };
  expect(rulesOf(checkAppClients(chainUnderTest({ added }, open)))).toEqual([
    "client-callback-urls",
    "client-logout-urls",
  ]);
});

test("the app's address is the stage's domain where it has one", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
  const stage = resolveStage({ default: { domain: "app.example.com", certificateArn } }, "anna");
  const inputs = {
    callbackUrls: ["https://app.example.com/.auth/callback"],
    logoutUrls: ["https://app.example.com/.auth/signed-out"],
  };
  expect(check(web, {}, stage)).toEqual(["client-callback-urls", "client-logout-urls"]);
  expect(check(web, inputs, stage)).toEqual([]);
});

test("people who sign themselves up write their e-mail address, others do not", () => {
  const stage = resolveStage({ default: { selfSignUp: true } }, "anna");
  expect(check(web, {}, stage)).toEqual(["client-write-attributes"]);
  expect(check(web, { writeAttributes: ["locale", "email"] }, stage)).toEqual([]);
});

test("a company's identity provider is offered, and may write what it is mapped to", () => {
  const added = [
    resource("aws:cognito/identityProvider:IdentityProvider", "Company", {
      providerName: "Company",
      attributeMapping: { username: "sub", email: "mail" },
    }),
  ];
  expect(rulesOf(checkAppClients(chainUnderTest({ added })))).toEqual([
    "client-write-attributes",
    "client-providers",
  ]);
  const changes = {
    [web]: {
      supportedIdentityProviders: ["COGNITO", "Company"],
      writeAttributes: ["locale", "email"],
    },
  };
  expect(checkAppClients(chainUnderTest({ added, changes }))).toEqual([]);
});

test("a change of the distribution's name is a change of the callbacks", () => {
  const chain = chainUnderTest({ changes: { [distribution]: {} } });
  const moved = {
    ...chain,
    distribution: { ...chain.distribution, outputs: { domainName: "d2.cloudfront.net" } },
  };
  expect(rulesOf(checkAppClients(moved))).toEqual(["client-callback-urls", "client-logout-urls"]);
});
