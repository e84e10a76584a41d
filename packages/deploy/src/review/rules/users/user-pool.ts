import { resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";

import { type AccessNames, groupsOf } from "@sst-gatehouse/blueprint/access-names";
import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Chain, ofPool } from "../facts/chain.ts";
import { isAbsent, sameJson, sameSet, toList, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { checkIdentityProviders, userPoolInputExpectations } from "./user-pool-inputs.ts";
import { unmet, type Violation } from "../violation.ts";

/** Triggers that would bring the clients' one open flow, the custom one, to life. */
const customFlowTriggers = [
  "defineAuthChallenge",
  "createAuthChallenge",
  "verifyAuthChallengeResponse",
];

/** Who gets into the user pool, and who may delete it. */
export function checkUserPool(chain: Chain, access?: AccessNames): readonly Violation[] {
  const { graph, stage, userPool } = chain;
  const admin = toObject(inputOf(userPool, "adminCreateUserConfig"));
  const recovery = toObject(inputOf(userPool, "accountRecoverySetting"));
  const triggers = toObject(inputOf(userPool, "lambdaConfig"));
  const kept = inputOf(userPool, "deletionProtection") === "ACTIVE";
  const retained = userPool.options.retainOnDelete === true;
  return [
    ...unmet(userPool, [
      {
        rule: "pool-region",
        holds: userPool.region === graph.region,
        message: `is not in the stage's region ${graph.region}; the guard would not accept its tokens: create Users with the default provider`,
      },
      {
        rule: "pool-sign-up",
        holds: admin["allowAdminCreateUserOnly"] === !stage.selfSignUp,
        message: stage.selfSignUp
          ? "does not let people sign up, though the stage says so: set allowAdminCreateUserOnly to false"
          : "lets anybody on the internet sign up (SST's default), and then every `signed-in` rule admits them: set allowAdminCreateUserOnly to true, or selfSignUp in stages.ts",
      },
      {
        rule: "pool-recovery",
        holds: sameJson(recovery["recoveryMechanisms"], [{ name: "verified_email", priority: 1 }]),
        message:
          "gives a lost account back by other ways than a verified e-mail address; SST's default starts with the phone, which others can take over: name verified_email alone",
      },
      {
        rule: "pool-triggers",
        holds: customFlowTriggers.every((trigger) => isAbsent(triggers[trigger])),
        message:
          "has triggers for a custom sign-in; that flow is the one the clients leave open because nothing stands behind it: take the triggers away",
      },
      {
        rule: "pool-retained",
        holds: kept === stage.production && retained === stage.production,
        message: stage.production
          ? "can be deleted in production, with every account in it: set deletionProtection to ACTIVE and retainOnDelete to true, because removal retain does not cover user pools"
          : "is protected from deletion outside production; removing the stage would never finish: set deletionProtection to INACTIVE and retainOnDelete to false",
      },
      ...userPoolInputExpectations(chain),
    ]),
    ...checkIdentityProviders(chain),
    ...checkDomain(chain),
    ...checkResourceServer(chain, access),
    ...checkGroups(chain, access),
  ];
}

function checkDomain(chain: Chain): readonly Violation[] {
  const { userPool, userPoolDomain } = chain;
  const domain = String(inputOf(userPoolDomain, "domain"));
  const pages = inputOf(userPoolDomain, "managedLoginVersion");
  const branded = ofPool(chain, awsTypes.managedLoginBranding).length > 0;
  return unmet(userPoolDomain, [
    {
      rule: "sign-in-domain",
      holds:
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain) && !/aws|amazon|cognito/.test(domain),
      message: `is called ${domain}; Cognito accepts up to 63 lower-case letters, digits and hyphens, without aws, amazon or cognito, and refuses this: take signInDomainPrefix`,
    },
    {
      rule: "sign-in-pool",
      holds: inputOf(userPoolDomain, "userPoolId") === attributeOf(userPool, "id"),
      message:
        "belongs to another user pool, so nobody could sign in to this one: give it the id of Users",
    },
    {
      rule: "sign-in-pages",
      holds: pages === 1 || (pages === 2 && branded),
      message:
        pages === 2
          ? "uses managed login without a branding style; Cognito then shows no sign-in page: set managedLoginVersion to 1, or declare a style"
          : "does not say which sign-in pages it has, and what Cognito chooses then is nowhere written down: set managedLoginVersion to 1",
    },
  ]);
}

function checkResourceServer(
  { userPool, resourceServer }: Chain,
  access: AccessNames | undefined,
): readonly Violation[] {
  const scopes = resourceServerScopeNames(resourceServer);
  return unmet(resourceServer, [
    {
      rule: "resource-server",
      holds:
        inputOf(resourceServer, "identifier") === resourceServerIdentifier &&
        inputOf(resourceServer, "userPoolId") === attributeOf(userPool, "id"),
      message: `is not ${resourceServerIdentifier} of the stage's pool; machines could not get the scopes that access.ts asks for: take the blueprint's resourceServerIdentifier`,
    },
    {
      rule: "resource-server-scopes",
      holds: scopes.length > 0 && (access === undefined || sameSet(scopes, access.scopes)),
      message: `has the scopes ${scopes.join(", ") || "(none)"}, not exactly those of access.ts; rules would require scopes that nobody can get: take them from access.ts`,
    },
  ]);
}

/** As tokens and access rules write them, `<resource server>/<scope>`. */
export function resourceServerScopeNames(resourceServer: Chain["resourceServer"]): string[] {
  const identifier = String(inputOf(resourceServer, "identifier"));
  return toList(inputOf(resourceServer, "scopes")).map(
    (scope) => `${identifier}/${String(toObject(scope)["scopeName"])}`,
  );
}

function checkGroups(
  { graph, userPool }: Chain,
  access: AccessNames | undefined,
): readonly Violation[] {
  if (access === undefined) return [];
  const groups = resourcesOf(graph, awsTypes.userGroup)
    .filter((group) => inputOf(group, "userPoolId") === attributeOf(userPool, "id"))
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
