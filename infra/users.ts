import {
  checkPeopleScopes,
  groupsOf,
  resourceServerScopes,
} from "@sst-gatehouse/blueprint/access-names";
import { resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";
import { signInDomainPrefix } from "@sst-gatehouse/deploy/sign-in-domain";

import { access } from "../access.ts";
import { accountId, named, region, stage } from "./stage.ts";

checkPeopleScopes(access, stage.peopleScopes);

/** Who may sign in. People sign in by name or by verified e-mail address. */
export const users = new sst.aws.CognitoUserPool("Users", {
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
});

/** The groups that access.ts asks for. */
for (const name of groupsOf(access)) {
  // A group that access.ts no longer asks for would take its members with it. Cognito keeps it then, and cannot make it
  // a second time: if access.ts asks for it again, it belongs into externalGroups (docs/access.md).
  new aws.cognito.UserGroup(
    `Group-${name}`,
    { name, userPoolId: users.id },
    { retainOnDelete: stage.production },
  );
}

/** What machines ask for, and people where the stage gives them scopes; from access.ts. */
export const resourceServer = new aws.cognito.ResourceServer("ResourceServer", {
  identifier: resourceServerIdentifier,
  name: named,
  userPoolId: users.id,
  scopes: resourceServerScopes(access).map((scopeName) => ({
    scopeName,
    scopeDescription: `${resourceServerIdentifier}/${scopeName}, from access.ts`,
  })),
});

const signInDomain = new aws.cognito.UserPoolDomain("SignInDomain", {
  userPoolId: users.id,
  domain: accountId.apply((id) => signInDomainPrefix($app.name, $app.stage, id)),
  // The classic pages. No page of AWS says what a new domain gets when nobody says it.
  managedLoginVersion: 1,
});

/** Where people sign in, without a trailing slash. */
export const hostedOrigin = $interpolate`https://${signInDomain.domain}.auth.${region}.amazoncognito.com`;
