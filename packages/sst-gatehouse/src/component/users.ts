import {
  checkPeopleScopes,
  groupsOf,
  resourceServerScopes,
} from "@sst-gatehouse/blueprint/access-names";
import { resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";
import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { hostedOriginAt } from "@sst-gatehouse/blueprint/sign-in-url";
import { signInDomainPrefix } from "@sst-gatehouse/deploy/sign-in-domain";

import type { GateContext } from "./gate-context.ts";

/** What an app may add to the people of its gate. */
export interface UsersOptions {
  /** Ways to sign in other than the pool's own accounts: called with the pool's id, returns what it has made. */
  readonly identityProviders?: (
    userPoolId: $util.Output<string>,
  ) => readonly aws.cognito.IdentityProvider[];
  readonly transform?: {
    /** Changes what SST makes the pool of, such as its triggers. */
    readonly users?: (args: sst.aws.CognitoUserPoolArgs) => void;
    /** Changes the pool itself, such as its attributes. */
    readonly userPool?: (args: aws.cognito.UserPoolArgs) => void;
  };
}

/** Who may sign in, and what they may be given. */
export interface Users {
  readonly pool: sst.aws.CognitoUserPool;
  /** Of the pool, once it is known that a gate may use it. */
  readonly id: $util.Output<string>;
  readonly identityProviders: readonly aws.cognito.IdentityProvider[];
  /**
   * What machines ask for, and people where the stage gives them scopes; from the access rules. An existing pool gets none
   * where they list no scope.
   */
  readonly resourceServer?: aws.cognito.ResourceServer;
  /** Why the refresh tokens of people do not rotate, as a clause; undefined where they do. */
  readonly noRotation: $util.Output<string | undefined>;
  /** Where people sign in, without a trailing slash. */
  readonly hostedOrigin: $util.Output<string>;
}

/** The stage's people: they sign in by name or by verified e-mail address. */
export function createUsers(
  context: GateContext,
  access: GateAccess,
  { identityProviders = () => [], transform = {} }: UsersOptions,
): Users {
  const { parent, name, owner, stage, region, accountId } = context;
  checkPeopleScopes(access, stage.peopleScopes);
  const poolArgs: sst.aws.CognitoUserPoolArgs = {
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
        transform.userPool?.(args);
      },
    },
  };
  transform.users?.(poolArgs);
  const pool = new sst.aws.CognitoUserPool(`${name}Users`, poolArgs, { parent });

  for (const group of groupsOf(access)) {
    // A group that the rules no longer ask for would take its members with it. Cognito keeps it then, and cannot make it
    // a second time: if the rules ask for it again, it belongs into externalGroups (docs/access.md).
    new aws.cognito.UserGroup(
      `${name}Group-${group}`,
      { name: group, userPoolId: pool.id },
      { parent, retainOnDelete: stage.production },
    );
  }

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
    id: pool.id,
    identityProviders: identityProviders(pool.id),
    resourceServer: createResourceServer(context, access, pool.id),
    hostedOrigin: signInDomain.domain.apply((domain) => hostedOriginAt(domain, region)),
    noRotation: $output(context.noRotation),
  };
}

/** What the scopes of the access rules are scopes of. */
export function createResourceServer(
  { parent, name, named }: GateContext,
  access: GateAccess,
  userPoolId: $util.Output<string>,
): aws.cognito.ResourceServer {
  return new aws.cognito.ResourceServer(
    `${name}ResourceServer`,
    {
      identifier: resourceServerIdentifier,
      name: named,
      userPoolId,
      scopes: resourceServerScopes(access).map((scopeName) => ({
        scopeName,
        scopeDescription: `${resourceServerIdentifier}/${scopeName}, from access.ts`,
      })),
    },
    { parent },
  );
}
