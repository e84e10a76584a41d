import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Chain, providersOf } from "../facts/chain.ts";
import { isAbsent, isObject, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** What the user pool may say; anything else is refused until somebody has read whom it lets in. */
const knownInputs = new Set([
  "accountRecoverySetting",
  "adminCreateUserConfig",
  "aliasAttributes",
  "autoVerifiedAttributes",
  "deletionProtection",
  "emailConfiguration",
  "lambdaConfig",
  "mfaConfiguration",
  "name",
  "passwordPolicy",
  "schemas",
  "softwareTokenMfaConfiguration",
  "tags",
  "userAttributeUpdateSettings",
  "userPoolAddOns",
  "userPoolTier",
  "usernameConfiguration",
  "verificationMessageTemplate",
  "webAuthnConfiguration",
]);

const minPasswordLength = 8;
const maxTemporaryPasswordDays = 30;

const mfaOf: Readonly<Record<Stage["mfa"], string>> = {
  off: "OFF",
  optional: "OPTIONAL",
  required: "ON",
};
const threatProtectionOf: Readonly<Record<Stage["threatProtection"], string>> = {
  off: "OFF",
  audit: "AUDIT",
  enforced: "ENFORCED",
};

/** A company's own; every other type is a service where anybody makes an account. */
const closedProviderTypes = new Set<unknown>(["SAML", "OIDC"]);

/** What the pool's own inputs may hold, beyond what `checkUserPool` asks for. */
export function userPoolInputExpectations({
  graph,
  stage,
  users: { pool: userPool },
}: Chain): readonly Expectation[] {
  const own = new Set(resourcesOf(graph, awsTypes.function).map((one) => attributeOf(one, "arn")));
  const strangers = Object.entries(toObject(inputOf(userPool, "lambdaConfig")))
    .filter(([name]) => name !== "kmsKeyId")
    .filter(([, trigger]) => !isAbsent(trigger) && !own.has(functionOf(trigger)))
    .map(([name]) => name);
  const policy = inputOf(userPool, "passwordPolicy");
  const { minimumLength = minPasswordLength } = toObject(policy);
  const mfa = inputOf(userPool, "mfaConfiguration") ?? "OFF";
  const { enabled: byApp } = toObject(inputOf(userPool, "softwareTokenMfaConfiguration"));
  const { advancedSecurityMode: protection = "OFF" } = toObject(
    inputOf(userPool, "userPoolAddOns"),
  );
  return [
    {
      rule: "pool-mfa",
      holds: mfa === mfaOf[stage.mfa] && (mfa === "OFF" || byApp === true),
      message: `does not ask for a second factor as stages.ts says (mfa: "${stage.mfa}"), or has none that people could set up, which Cognito refuses: set mfaConfiguration to ${mfaOf[stage.mfa]}, and unless that is OFF softwareTokenMfaConfiguration.enabled to true`,
    },
    {
      rule: "pool-password-length",
      holds: minimumLength === stage.passwordMinLength || Number(minimumLength) < minPasswordLength,
      message: `takes passwords of ${String(minimumLength)} characters, and stages.ts says ${stage.passwordMinLength}: set passwordPolicy.minimumLength, or passwordMinLength in stages.ts`,
    },
    {
      rule: "pool-threat-protection",
      holds:
        protection === threatProtectionOf[stage.threatProtection] &&
        (protection === "OFF" || inputOf(userPool, "userPoolTier") === "PLUS"),
      message: `does not have the threat protection of stages.ts ("${stage.threatProtection}"), or not the plan that it is part of: set userPoolAddOns.advancedSecurityMode to ${threatProtectionOf[stage.threatProtection]}, and unless that is OFF userPoolTier to PLUS`,
    },
    {
      rule: "pool-trigger-functions",
      holds: strangers.length === 0,
      message: `calls functions that this stage does not deploy for ${strangers.join(", ")}; their owners decide who signs in and what tokens say: use functions of the stage as triggers`,
    },
    {
      rule: "pool-passwords",
      holds: isAbsent(policy) || isStrict(toObject(policy)),
      message: `takes passwords shorter than ${minPasswordLength} characters, or lets temporary ones work for more than ${maxTemporaryPasswordDays} days: set minimumLength and temporaryPasswordValidityDays, or leave passwordPolicy to Cognito`,
    },
    ...Object.keys(userPool.inputs)
      .filter((key) => !knownInputs.has(key))
      .map((key) => ({
        rule: "pool-setting",
        holds: isAbsent(inputOf(userPool, key)),
        message: `sets ${key}, which has not been reviewed for whom it lets in: remove it, or add it to the known inputs of the user pool`,
      })),
  ];
}

/** Who may vouch for people: with Google's sign-in, for one, everybody who has an account there comes in. */
export function checkIdentityProviders(chain: Chain): readonly Violation[] {
  const { stage, clients } = chain;
  return providersOf(chain, [...clients.values()]).flatMap((provider) =>
    unmet(provider, [
      {
        rule: "pool-provider",
        holds: stage.selfSignUp || closedProviderTypes.has(inputOf(provider, "providerType")),
        message: `admits everybody with an account at ${String(inputOf(provider, "providerType"))}, though sign-up is closed on this stage: remove it, or set selfSignUp in stages.ts`,
      },
    ]),
  );
}

function functionOf(trigger: unknown): string {
  return String(isObject(trigger) ? trigger["lambdaArn"] : trigger);
}

/** A policy without a length would have Cognito's own least, 6 characters; without days, its 7. */
function isStrict({
  minimumLength,
  temporaryPasswordValidityDays = 7,
}: {
  readonly minimumLength?: unknown;
  readonly temporaryPasswordValidityDays?: unknown;
}): boolean {
  return (
    typeof minimumLength === "number" &&
    minimumLength >= minPasswordLength &&
    typeof temporaryPasswordValidityDays === "number" &&
    temporaryPasswordValidityDays <= maxTemporaryPasswordDays
  );
}
