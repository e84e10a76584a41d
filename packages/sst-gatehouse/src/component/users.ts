import {
  checkPeopleScopes,
  groupsOf,
  resourceServerScopes,
} from "@sst-gatehouse/blueprint/access-names";
import { resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";
import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { signInDomainPrefix } from "@sst-gatehouse/deploy/sign-in-domain";

import type { GateContext } from "./gate-context.ts";

/** Who may sign in, and what they may be given. */
export interface Users {
  readonly pool: sst.aws.CognitoUserPool;
  /** What machines ask for, and people where the stage gives them scopes; from the access rules. */
  readonly resourceServer: aws.cognito.ResourceServer;
  /** Where people sign in, without a trailing slash. */
  readonly hostedOrigin: $util.Output<string>;
}

/** The stage's people: they sign in by name or by verified e-mail address. */
export function createUsers(
  { parent, name, owner, stage, named, region, accountId }: GateContext,
  access: GateAccess,
): Users {
  checkPeopleScopes(access, stage.peopleScopes);
  const pool = new sst.aws.CognitoUserPool(
    `${name}Users`,
    {
      aliases: ["email"],
      transform: {
        userPool: (args, options) => {
          // Refresh-token rotation is not part of the smallest plan.
          args.userPoolTier = "ESSENTIALS";
          args.mfaConfiguration = { off: "OFF", optional: "OPTIONAL", required: "ON" }[stage.mfa];
          if (stage.mfa !== "off") args.softwareTokenMfaConfiguration = { enabled: true };
          // With a policy, what it leaves out is not asked for.
          args.passwordPolicy = {
            minimumLength: stage.passwordMinLength,
            requireLowercase: true,
            requireNumbers: true,
            requireSymbols: true,
            requireUppercase: true,
            temporaryPasswordValidityDays: 7,
          };
          if (stage.threatProtection !== "off") {
            args.userPoolTier = "PLUS";
            args.userPoolAddOns = { advancedSecurityMode: stage.threatProtection.toUpperCase() };
          }
          args.adminCreateUserConfig = { allowAdminCreateUserOnly: !stage.selfSignUp };
          args.accountRecoverySetting = {
            recoveryMechanisms: [{ name: "verified_email", priority: 1 }],
          };
          args.deletionProtection = stage.production ? "ACTIVE" : "INACTIVE";
          // SST's `removal: "retain"` does not cover user pools.
          options.retainOnDelete = stage.production;
        },
      },
    },
    { parent },
  );

  for (const group of groupsOf(access)) {
    // A group that the rules no longer ask for would take its members with it. Cognito keeps it then, and cannot make it
    // a second time: if the rules ask for it again, it belongs into externalGroups (docs/access.md).
    new aws.cognito.UserGroup(
      `${name}Group-${group}`,
      { name: group, userPoolId: pool.id },
      { parent, retainOnDelete: stage.production },
    );
  }

  const resourceServer = new aws.cognito.ResourceServer(
    `${name}ResourceServer`,
    {
      identifier: resourceServerIdentifier,
      name: named,
      userPoolId: pool.id,
      scopes: resourceServerScopes(access).map((scopeName) => ({
        scopeName,
        scopeDescription: `${resourceServerIdentifier}/${scopeName}, from access.ts`,
      })),
    },
    { parent },
  );

  const signInDomain = new aws.cognito.UserPoolDomain(
    `${name}SignInDomain`,
    {
      userPoolId: pool.id,
      domain: accountId.apply((id) => signInDomainPrefix(owner, $app.stage, id)),
      // The classic pages. No page of AWS says what a new domain gets when nobody says it.
      managedLoginVersion: 1,
    },
    { parent },
  );
  return {
    pool,
    resourceServer,
    hostedOrigin: $interpolate`https://${signInDomain.domain}.auth.${region}.amazoncognito.com`,
  };
}
