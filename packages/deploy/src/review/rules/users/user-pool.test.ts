import { readAttributes } from "@sst-gatehouse/blueprint/claims";
import { resolveStage, type StageSettings } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import {
  annaStage,
  chainUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";
import { checkUserPool } from "./user-pool.ts";

type Inputs = Readonly<Record<string, unknown>>;
const own = attributeOf(chainUnderTest().backend, "arn");
const { pool, domain, resourceServer } = resourceNames;
const access = {
  scopes: ["api/read", "api/write"],
  rules: [{ access: "signed-in" }, { access: { groups: ["admin"] } }],
};

function check(name: string, inputs: Inputs, stage = annaStage): readonly string[] {
  return rulesOf(checkUserPool(chainUnderTest({ changes: { [name]: inputs } }, stage), access));
}

test("a pool into which only administrators let people breaks no rule", () => {
  expect(checkUserPool(chainUnderTest(), access)).toEqual([]);
  expect(check(pool, { deletionProtection: undefined })).toEqual([]);
  const preTokenGenerationConfig = { lambdaArn: own, lambdaVersion: "V2_0" };
  expect(
    check(pool, { lambdaConfig: { preTokenGeneration: own, preTokenGenerationConfig } }),
  ).toEqual([]);
  const passwordPolicy = { minimumLength: 8, temporaryPasswordValidityDays: 30 };
  expect(check(pool, { passwordPolicy, schemas: [], mfaConfiguration: "OFF" })).toEqual([]);
  const longer = resolveStage({ default: { passwordMinLength: 12 } }, "anna");
  const twelve = { passwordPolicy: { minimumLength: 12 }, region: undefined };
  expect(check(pool, twelve, longer)).toEqual([]);
});

const byApp = { softwareTokenMfaConfiguration: { enabled: true } };
const guarded = (advancedSecurityMode: string, userPoolTier: string) => ({
  userPoolAddOns: { advancedSecurityMode },
  userPoolTier,
});
const asStagesSay: [settings: StageSettings, inputs: Inputs, rules: string[]][] = [
  [{ mfa: "optional" }, { mfaConfiguration: "OPTIONAL", ...byApp }, []],
  [{ mfa: "required" }, { mfaConfiguration: "ON", ...byApp }, []],
  [{ mfa: "required" }, { mfaConfiguration: "OPTIONAL", ...byApp }, ["pool-mfa"]],
  [{ mfa: "required" }, {}, ["pool-mfa"]],
  [{ mfa: "required" }, { mfaConfiguration: "ON" }, ["pool-mfa"]],
  [{ mfa: "off" }, { mfaConfiguration: "ON", ...byApp }, ["pool-mfa"]],
  [{ threatProtection: "audit" }, guarded("AUDIT", "PLUS"), []],
  [{ threatProtection: "enforced" }, guarded("ENFORCED", "PLUS"), []],
  [{ threatProtection: "enforced" }, guarded("AUDIT", "PLUS"), ["pool-threat-protection"]],
  [{ threatProtection: "enforced" }, guarded("ENFORCED", "ESSENTIALS"), ["pool-threat-protection"]],
  [{ threatProtection: "audit" }, {}, ["pool-threat-protection"]],
  [{}, guarded("AUDIT", "PLUS"), ["pool-threat-protection"]],
  [{ passwordMinLength: 14 }, {}, ["pool-password-length"]],
  [{ passwordMinLength: 14 }, { passwordPolicy: { minimumLength: 12 } }, ["pool-password-length"]],
];

test.each(asStagesSay)("of a stage with %j, the pool %j breaks %j", (settings, inputs, rules) => {
  expect(check(pool, inputs, resolveStage({ default: settings }, "anna"))).toEqual(rules);
});

const mechanism = (name: string, priority: number) => ({ name, priority });
const refusals: [rule: string, name: string, inputs: Inputs][] = [
  ["pool-region", pool, { $region: "us-east-1" }],
  ["pool-sign-up", pool, { adminCreateUserConfig: { allowAdminCreateUserOnly: false } }],
  ["pool-sign-up", pool, { adminCreateUserConfig: undefined }],
  ["pool-recovery", pool, { accountRecoverySetting: undefined }],
  [
    "pool-recovery",
    pool,
    {
      accountRecoverySetting: {
        recoveryMechanisms: [mechanism("verified_phone_number", 1), mechanism("verified_email", 2)],
      },
    },
  ],
  ["pool-triggers", pool, { lambdaConfig: { defineAuthChallenge: own } }],
  ["pool-triggers", pool, { lambdaConfig: { createAuthChallenge: own } }],
  ["pool-triggers", pool, { lambdaConfig: { verifyAuthChallengeResponse: own } }],
  ["pool-trigger-functions", pool, { lambdaConfig: { preTokenGeneration: `${own}2` } }],
  ["pool-trigger-functions", pool, { lambdaConfig: { customMessage: "arn:x" } }],
  [
    "pool-trigger-functions",
    pool,
    { lambdaConfig: { preTokenGenerationConfig: { lambdaArn: "arn:x", lambdaVersion: "V2_0" } } },
  ],
  [
    "pool-trigger-functions",
    pool,
    { lambdaConfig: { kmsKeyId: "arn:k", customEmailSender: { lambdaArn: "arn:x" } } },
  ],
  ["pool-passwords", pool, { passwordPolicy: { minimumLength: 7 } }],
  ["pool-passwords", pool, { passwordPolicy: { requireNumbers: true } }],
  [
    "pool-passwords",
    pool,
    { passwordPolicy: { minimumLength: 8, temporaryPasswordValidityDays: 31 } },
  ],
  ["pool-setting", pool, { signInPolicy: { allowedFirstAuthFactors: ["EMAIL_OTP"] } }],
  ["pool-setting", pool, { usernameAttributes: ["phone_number"] }],
  ["pool-retained", pool, { deletionProtection: "ACTIVE" }],
  ["pool-retained", pool, { $options: { retainOnDelete: true } }],
  ["sign-in-domain", domain, { domain: "Gatehouse-anna" }],
  ["sign-in-domain", domain, { domain: "gatehouse-my-aws" }],
  ["sign-in-domain", domain, { domain: "amazonas" }],
  ["sign-in-domain", domain, { domain: "a".repeat(64) }],
  ["sign-in-domain", domain, { domain: "gatehouse-" }],
  ["sign-in-domain", domain, { domain: "auth.example.com" }],
  ["sign-in-pool", domain, { userPoolId: "eu-central-1_other" }],
  ["sign-in-pages", domain, { managedLoginVersion: 2 }],
  ["sign-in-pages", domain, { managedLoginVersion: undefined }],
  ["sign-in-pages", domain, { managedLoginVersion: "1" }],
  ["resource-server", resourceServer, { userPoolId: "eu-central-1_other" }],
  ["resource-server-scopes", resourceServer, { scopes: [{ scopeName: "read" }] }],
  ["resource-server-scopes", resourceServer, { scopes: [] }],
  ["pool-groups", "AdminGroup", { name: "admins" }],
  ["pool-groups", "AdminGroup", { userPoolId: "eu-central-1_other" }],
];

test.each(refusals)("%s is broken when %s has %j", (rule, name, inputs) => {
  expect(check(name, inputs)).toEqual([rule]);
});

test("another identifier gives other scopes", () => {
  expect(check(resourceServer, { identifier: "other" })).toEqual([
    "resource-server",
    "resource-server-scopes",
  ]);
});

test("without the access rules their scopes and groups are not looked at, but there are some", () => {
  const changes = { [resourceServer]: { scopes: [{ scopeName: "other" }] } };
  expect(checkUserPool(chainUnderTest({ changes, without: ["AdminGroup"] }))).toEqual([]);
  const none = { [resourceServer]: { scopes: undefined } };
  expect(rulesOf(checkUserPool(chainUnderTest({ changes: none })))).toEqual([
    "resource-server-scopes",
  ]);
});

test("the pool needs no group that somebody else makes", () => {
  const external = { ...access, externalGroups: ["admin"] };
  expect(checkUserPool(chainUnderTest({ without: ["AdminGroup"] }), external)).toEqual([]);
  expect(rulesOf(checkUserPool(chainUnderTest({ without: ["AdminGroup"] }), access))).toEqual([
    "pool-groups",
  ]);
});

test("the domain may use managed login once it has a style", () => {
  const added = [
    resource("aws:cognito/managedLoginBranding:ManagedLoginBranding", "Style", {
      useCognitoProvidedValues: true,
    }),
  ];
  const changes = { [domain]: { managedLoginVersion: 2 } };
  expect(checkUserPool(chainUnderTest({ added, changes }))).toEqual([]);
});

test("the domain says nothing of its pages only where the AWS provider cannot", () => {
  const changes = { [domain]: { managedLoginVersion: undefined } };
  const rules = (awsProvider: string) =>
    rulesOf(checkUserPool(chainUnderTest({ awsProvider, changes })));
  expect([rules("6.77.1"), rules("6.80.0")]).toEqual([[], ["sign-in-pages"]]);
});

test("people sign themselves up exactly where the stage says so", () => {
  const open = resolveStage({ default: { selfSignUp: true } }, "anna");
  expect(check(pool, {}, open)).toEqual(["pool-sign-up"]);
  const inputs = { adminCreateUserConfig: { allowAdminCreateUserOnly: false } };
  expect(check(pool, inputs, open)).toEqual([]);
});

test("what to do depends on the stage", () => {
  const message = (inputs: Inputs, stage = annaStage) =>
    checkUserPool(chainUnderTest({ changes: { [pool]: inputs } }, stage), access)[0]?.message;
  const open = resolveStage({ default: { selfSignUp: true } }, "anna");
  expect(message({}, open)).toMatch(/^does not let people sign up/);
  expect(message({ adminCreateUserConfig: undefined })).toMatch(/^lets anybody/);
  expect(message({}, { ...annaStage, production: true })).toMatch(/^can be deleted in production/);
  expect(message({ deletionProtection: "ACTIVE" })).toMatch(/^is protected from deletion/);
});

test("in production the pool is kept, by Cognito and by the engine", () => {
  const production = { ...annaStage, production: true };
  const retained = { $options: { retainOnDelete: true }, deletionProtection: "ACTIVE" };
  expect(check(pool, retained, production)).toEqual([]);
  expect(check(pool, {}, production)).toEqual(["pool-retained"]);
  expect(check(pool, { deletionProtection: "ACTIVE" }, production)).toEqual(["pool-retained"]);
  const halfKept = { ...retained, deletionProtection: "INACTIVE" };
  expect(check(pool, halfKept, production)).toEqual(["pool-retained"]);
});

test.each([
  ["SAML", false],
  ["OIDC", false],
  ["Google", true],
  ["Facebook", true],
  ["LoginWithAmazon", true],
  ["SignInWithApple", true],
  [undefined, true],
])("an identity provider of type %s is for stages where people sign up: %s", (type, open) => {
  const provider = resource("aws:cognito/identityProvider:IdentityProvider", "Theirs", {
    providerName: "Theirs",
    providerType: type,
  });
  const chain = chainUnderTest({ added: [provider] });
  expect(rulesOf(checkUserPool(chain, access))).toEqual(open ? ["pool-provider"] : []);
  const changes = { [pool]: { adminCreateUserConfig: { allowAdminCreateUserOnly: false } } };
  const everybody = { ...annaStage, selfSignUp: true };
  expect(checkUserPool(chainUnderTest({ added: [provider], changes }, everybody), access)).toEqual(
    [],
  );
});

test("claims of custom attributes need the attribute, and clients that may read it", () => {
  const asking = { ...access, claims: ["email", "custom:tenant"] };
  const readable = [...(readAttributes(asking) ?? [])];
  const broken = (schemas: unknown, web: unknown) =>
    rulesOf(
      checkUserPool(
        chainUnderTest({
          changes: { [pool]: { schemas }, [resourceNames.web]: { readAttributes: web } },
        }),
        asking,
      ),
    );
  const tenant = [{ name: "tenant", attributeDataType: "String" }];
  expect(readable).toContain("custom:tenant");
  expect(broken(tenant, readable)).toEqual([]);
  expect(broken([{ name: "tenants" }], readable)).toEqual(["pool-claims"]);
  expect(broken(undefined, readable)).toEqual(["pool-claims"]);
  expect(broken(tenant, undefined)).toEqual(["client-read-attributes"]);
  expect(broken(tenant, ["custom:tenant"])).toEqual(["client-read-attributes"]);
  expect(check(resourceNames.web, { readAttributes: ["email"] })).toEqual([
    "client-read-attributes",
  ]);
});
