import { checkPeopleScopes } from "@sst-gatehouse/blueprint/access-names";
import { checkClaims } from "@sst-gatehouse/blueprint/claims";
import { checkRotation } from "@sst-gatehouse/blueprint/app-clients";
import { type GateAccess, isPoolOf } from "@sst-gatehouse/blueprint/gate";
import { hostedOriginAt } from "@sst-gatehouse/blueprint/sign-in-url";
import { checkExistingPool } from "@sst-gatehouse/blueprint/stages";

import type { GateContext } from "./gate-context.ts";
import { createResourceServer, type Users, type UsersOptions } from "./users.ts";

/** A user pool that the app has, and where its people sign in. */
export interface PoolWithDomain {
  readonly pool: sst.aws.CognitoUserPool;
  /** Where the app makes it together with the pool. Of any other, the pool knows. */
  readonly domain: aws.cognito.UserPoolDomain;
}

/** A user pool that is there already, as an app hands it to its gate. */
// oxlint-disable-next-line typescript/no-redundant-type-constituents -- the linter does not see SST's types
export type ExistingPool = sst.aws.CognitoUserPool | PoolWithDomain;

/** What of a pool decides whether the gate may use it. */
interface Facts {
  readonly id: string;
  readonly tier: string | undefined;
  readonly open: boolean;
  readonly customSignIn: boolean;
  readonly domain: string | undefined;
}

/**
 * People of a pool that the gate did not make: it reads the pool, changes nothing of it, and adds the resource server that
 * the access rules ask for.
 *
 * @throws {Error} for settings that a gate cannot give such a pool. A pool that is open to other people than the stage
 *   says, or that nobody can sign in to, stops the deploy before there is a client.
 */
export function takeUsers(
  context: GateContext,
  access: GateAccess,
  given: ExistingPool,
  { identityProviders = () => [], transform }: UsersOptions,
): Users {
  const { stage, region } = context;
  checkPeopleScopes(access, stage.peopleScopes);
  checkExistingPool(stage);
  checkClaims(access, { ...stage, userPoolId: "given" });
  if (transform !== undefined)
    throw new Error(
      "transform changes the user pool that a gate makes, and this gate is given one: change that pool where it is made",
    );
  const { pool, domain } = "pool" in given ? given : { pool: given, domain: undefined };
  const facts = $util
    .all([pool.nodes.userPool, domain?.domain])
    .apply(([own, signIn]) => $util.all([factsOf(own), signIn]))
    .apply(([own, signIn]) => checked({ ...own, domain: signIn ?? own.domain }, context));
  const id = facts.apply((known) => known.id);
  return {
    pool,
    id,
    identityProviders: identityProviders(id),
    ...(access.scopes.length > 0 && { resourceServer: createResourceServer(context, access, id) }),
    hostedOrigin: facts.apply((known) => hostedOriginAt(known.domain, region)),
    noRotation: facts.apply((known) => context.noRotation ?? noRotation(known)),
  };
}

function factsOf(pool: aws.cognito.UserPool): $util.Output<Facts> {
  const { id, userPoolTier, adminCreateUserConfig, lambdaConfig, domain, customDomain } = pool;
  return $util
    .all([id, userPoolTier, adminCreateUserConfig, lambdaConfig, domain, customDomain])
    .apply(([poolId, tier, admin, triggers, prefix, host]) => ({
      id: poolId,
      tier,
      open: admin?.allowAdminCreateUserOnly !== true,
      customSignIn: Boolean(
        triggers?.defineAuthChallenge ??
        triggers?.createAuthChallenge ??
        triggers?.verifyAuthChallengeResponse,
      ),
      domain: host || prefix || undefined,
    }));
}

function checked(facts: Facts, { stage, region }: GateContext): Facts & { domain: string } {
  const { id, open, customSignIn, domain } = facts;
  const refuse = (why: string): never => {
    throw new Error(`The user pool ${id} ${why}`);
  };
  if (!isPoolOf(region, id)) refuse(`is not in ${region}, where the gate is`);
  if (open && !stage.selfSignUp)
    refuse(
      "lets anybody on the internet sign up, and then every `signed-in` rule admits them: set allowAdminCreateUserOnly on the pool, or selfSignUp in stages.ts if you mean that",
    );
  if (customSignIn && (stage.spaClient || stage.implicitGrant))
    refuse(
      "has triggers for a custom sign-in, and an app client without a secret would open it to everybody: take spaClient and implicitGrant out of stages.ts, or the triggers off the pool",
    );
  checkRotation(stage, noRotation(facts));
  if (domain !== undefined) return { ...facts, domain };
  return refuse(
    "has no sign-in domain: give it one, such as new aws.cognito.UserPoolDomain(…), and hand over both: users: { pool, domain }",
  );
}

function noRotation({ id, tier }: Pick<Facts, "id" | "tier">): string | undefined {
  return tier === "LITE" ? `the user pool ${id} is on Cognito's plan Lite` : undefined;
}
