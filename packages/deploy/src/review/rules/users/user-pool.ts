import { appClients, resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";
import { knowsSignInPages } from "@sst-gatehouse/blueprint/aws-provider";
import { type DeclaredClaims, readAttributes } from "@sst-gatehouse/blueprint/claims";

import { type AccessNames, groupsOf } from "@sst-gatehouse/blueprint/access-names";
import { type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Chain, ofPool } from "../facts/chain.ts";
import { isAbsent, sameJson, sameSet, toList, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { checkIdentityProviders, userPoolInputExpectations } from "./user-pool-inputs.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** Triggers that would bring the clients' one open flow, the custom one, to life. */
const customFlowTriggers = [
  "defineAuthChallenge",
  "createAuthChallenge",
  "verifyAuthChallengeResponse",
];

/** Who gets into the user pool, and who may delete it. Of a pool that was there, only what lets somebody in. */
export function checkUserPool(chain: Chain, access?: AccessNames): readonly Violation[] {
  const { graph, stage, users } = chain;
  const { own, pool } = users;
  const { allowAdminCreateUserOnly } = toObject(inputOf(pool, "adminCreateUserConfig"));
  const triggers = toObject(inputOf(pool, "lambdaConfig"));
  // By an app client without a secret, everybody could start the custom flow; by one of the guard's, the guard alone.
  const reachable = own || stage.spaClient || stage.implicitGrant;
  return [
    ...unmet(pool, [
      {
        rule: "pool-named",
        holds: stage.userPoolId === undefined || users.id === stage.userPoolId,
        message: `is not ${stage.userPoolId ?? ""}, which gate.ts names for this stage; other people would get in than the commands look after: hand the pool of gate.ts to the gate, or none`,
      },
      {
        rule: "pool-region",
        holds: pool.region === graph.region,
        message: `is not in the stage's region ${graph.region}; the guard would not accept its tokens: create Users with the default provider`,
      },
      {
        rule: "pool-sign-up",
        holds: own
          ? allowAdminCreateUserOnly === !stage.selfSignUp
          : allowAdminCreateUserOnly === true || stage.selfSignUp,
        message:
          own && stage.selfSignUp
            ? "does not let people sign up, though the stage says so: set allowAdminCreateUserOnly to false"
            : "lets anybody on the internet sign up (SST's default), and then every `signed-in` rule admits them: set allowAdminCreateUserOnly to true, or selfSignUp in stages.ts",
      },
      {
        rule: "pool-triggers",
        holds: !reachable || customFlowTriggers.every((trigger) => isAbsent(triggers[trigger])),
        message:
          "has triggers for a custom sign-in; that flow is the one the clients leave open because nothing stands behind it: take the triggers away",
      },
      ...(own ? [...ownPoolExpectations(chain), ...userPoolInputExpectations(chain)] : []),
    ]),
    ...checkIdentityProviders(chain),
    ...checkDomain(chain),
    ...checkResourceServer(chain, access),
    ...(own ? checkGroups(chain, access) : []),
    ...checkClaimAttributes(chain, access ?? {}),
  ];
}

/** Whether people's ID tokens can have the claims that access.ts asks for. */
function checkClaimAttributes(
  { clients, users: { own, pool } }: Chain,
  access: DeclaredClaims,
): readonly Violation[] {
  const attributes = toList(inputOf(pool, "schemas")).map((one) => toObject(one)["name"]);
  const missing = (access.claims ?? [])
    .filter((claim) => claim.startsWith("custom:"))
    .filter((claim) => !attributes.includes(claim.slice("custom:".length)));
  const readable = readAttributes(access);
  return [
    ...unmet(pool, [
      {
        rule: "pool-claims",
        holds: !own || missing.length === 0,
        message: `has no attribute for ${missing.join(", ")}, which access.ts asks for, and Cognito refuses app clients that may read it: add it to schemas in transform.userPool, or take the claim away`,
      },
    ]),
    ...[...clients].flatMap(([name, client]) =>
      unmet(client, [
        {
          rule: "client-read-attributes",
          holds:
            appClients[name].kind === "machine" ||
            (readable === undefined
              ? isAbsent(inputOf(client, "readAttributes"))
              : sameSet(toList(inputOf(client, "readAttributes")), readable)),
          message:
            "may not read exactly what the claims of access.ts need, so its ID tokens lack them: take the blueprint's readAttributes",
        },
      ]),
    ),
  ];
}

function ownPoolExpectations({ stage, users: { pool } }: Chain): readonly Expectation[] {
  const recovery = toObject(inputOf(pool, "accountRecoverySetting"));
  const kept = inputOf(pool, "deletionProtection") === "ACTIVE";
  const retained = pool.options.retainOnDelete === true;
  return [
    {
      rule: "pool-recovery",
      holds: sameJson(recovery["recoveryMechanisms"], [{ name: "verified_email", priority: 1 }]),
      message:
        "gives a lost account back by other ways than a verified e-mail address; SST's default starts with the phone, which others can take over: name verified_email alone",
    },
    {
      rule: "pool-retained",
      holds: kept === stage.production && retained === stage.production,
      message: stage.production
        ? "can be deleted in production, with every account in it: set deletionProtection to ACTIVE and retainOnDelete to true, because removal retain does not cover user pools"
        : "is protected from deletion outside production; removing the stage would never finish: set deletionProtection to INACTIVE and retainOnDelete to false",
    },
  ];
}

function checkDomain(chain: Chain): readonly Violation[] {
  const { users } = chain;
  if (!users.own || users.domain === undefined) return [];
  const domain = String(inputOf(users.domain, "domain"));
  const pages = inputOf(users.domain, "managedLoginVersion");
  const branded = ofPool(chain, awsTypes.managedLoginBranding).length > 0;
  return unmet(users.domain, [
    {
      rule: "sign-in-domain",
      holds:
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain) && !/aws|amazon|cognito/.test(domain),
      message: `is called ${domain}; Cognito accepts up to 63 lower-case letters, digits and hyphens, without aws, amazon or cognito, and refuses this: take signInDomainPrefix`,
    },
    {
      rule: "sign-in-pool",
      holds: inputOf(users.domain, "userPoolId") === users.id,
      message:
        "belongs to another user pool, so nobody could sign in to this one: give it the id of Users",
    },
    {
      rule: "sign-in-pages",
      holds:
        pages === 1 ||
        (pages === 2 && branded) ||
        (isAbsent(pages) && !knowsSignInPages(chain.graph.awsProvider)),
      message:
        pages === 2
          ? "uses managed login without a branding style; Cognito then shows no sign-in page: set managedLoginVersion to 1, or declare a style"
          : "does not say which sign-in pages it has, and what Cognito chooses then is nowhere written down: set managedLoginVersion to 1",
    },
  ]);
}

function checkResourceServer(
  { users: { id, resourceServer } }: Chain,
  access: AccessNames | undefined,
): readonly Violation[] {
  if (resourceServer === undefined) return [];
  const scopes = resourceServerScopeNames(resourceServer);
  return unmet(resourceServer, [
    {
      rule: "resource-server",
      holds:
        inputOf(resourceServer, "identifier") === resourceServerIdentifier &&
        inputOf(resourceServer, "userPoolId") === id,
      message: `is not ${resourceServerIdentifier} of the stage's pool; machines could not get the scopes that access.ts asks for: take the blueprint's resourceServerIdentifier`,
    },
    {
      rule: "resource-server-scopes",
      holds: access === undefined ? scopes.length > 0 : sameSet(scopes, access.scopes),
      message: `has the scopes ${scopes.join(", ") || "(none)"}, not exactly those of access.ts; rules would require scopes that nobody can get: take them from access.ts`,
    },
  ]);
}

/** As tokens and access rules write them, `<resource server>/<scope>`. */
export function resourceServerScopeNames(resourceServer: Resource | undefined): string[] {
  if (resourceServer === undefined) return [];
  const identifier = String(inputOf(resourceServer, "identifier"));
  return toList(inputOf(resourceServer, "scopes")).map(
    (scope) => `${identifier}/${String(toObject(scope)["scopeName"])}`,
  );
}

function checkGroups(
  { graph, users: { pool: userPool, id } }: Chain,
  access: AccessNames | undefined,
): readonly Violation[] {
  if (access === undefined) return [];
  const groups = resourcesOf(graph, awsTypes.userGroup)
    .filter((group) => inputOf(group, "userPoolId") === id)
    .map((group) => inputOf(group, "name"));
  const missing = groupsOf(access).filter((name) => !groups.includes(name));
  return unmet(userPool, [
    {
      rule: "pool-groups",
      holds: missing.length === 0,
      message: `has no group ${missing.join(", ")}, which access.ts requires; nobody could be added to it: create a UserGroup for it`,
    },
  ]);
}
