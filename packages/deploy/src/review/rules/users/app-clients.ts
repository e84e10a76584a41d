import {
  type AppClientName,
  appClients,
  clientScopes,
  explicitAuthFlows,
  tokenLifetimes,
} from "@sst-gatehouse/blueprint/app-clients";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Chain, ofPool } from "../facts/chain.ts";
import { isAbsent, sameJson, sameSet, toList } from "../../../dry-run/graph/json.ts";
import { personClientExpectations } from "./person-client.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { resourceServerScopeNames } from "./user-pool.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** What each app client may do at Cognito: what the blueprint says and nothing else. */
export function checkAppClients(chain: Chain): readonly Violation[] {
  return [
    ...checkStrangers(chain),
    ...[...chain.clients].flatMap(([name, client]) =>
      unmet(client, [
        ...flowExpectations(name, client, chain),
        ...tokenExpectations(client),
        ...(appClients[name].kind === "person"
          ? personClientExpectations(name, client, chain)
          : machineExpectations(client)),
      ]),
    ),
  ];
}

/** A client that the guard does not know gets tokens all the same, and may be open in every way. */
function checkStrangers(chain: Chain): readonly Violation[] {
  const { clients, users, parts } = chain;
  const known = new Set(clients.values());
  return (
    ofPool(chain, awsTypes.userPoolClient)
      .filter((client) => !known.has(client))
      // A pool that was there has clients of other programs, whose tokens the guard refuses.
      .filter((client) => users.own || parts.resources.includes(client))
      .map((client) => ({
        rule: "client-unknown",
        resource: labelOf(client),
        message: `is not one of the stage's clients ${[...clients.keys()].join(", ")}; the guard does not know it, and whom it lets in has not been reviewed: remove it (spa exists only with spaClient, walkthrough only with implicitGrant)`,
      }))
  );
}

function flowExpectations(
  name: AppClientName,
  client: Resource,
  { users, stage }: Chain,
): readonly Expectation[] {
  const { kind, flows, generateSecret } = appClients[name];
  const scopes = clientScopes(kind, resourceServerScopeNames(users.resourceServer), stage);
  const signInFlows = explicitAuthFlows(kind, users.rotates);
  const apiFlows = inputOf(client, "explicitAuthFlows");
  return [
    {
      rule: "client-pool",
      holds: inputOf(client, "userPoolId") === users.id,
      message: "belongs to another user pool, whose tokens the guard refuses: create it in Users",
    },
    {
      rule: "client-flows",
      holds:
        inputOf(client, "allowedOauthFlowsUserPoolClient") === true &&
        sameSet(inputOf(client, "allowedOauthFlows"), flows),
      message: `does not offer exactly ${flows.join(" and ")}; SST's default adds the implicit grant, which puts tokens into address bars and histories: take the flows from the blueprint`,
    },
    {
      rule: "client-implicit",
      holds:
        !toList(inputOf(client, "allowedOauthFlows")).includes("implicit") || stage.implicitGrant,
      message:
        "offers the implicit grant, which puts tokens into address bars, though the stage has not opened it: remove it, or set implicitGrant in stages.ts",
    },
    {
      rule: "client-secret",
      holds: (inputOf(client, "generateSecret") ?? false) === generateSecret,
      message: generateSecret
        ? `has no secret; anybody could be it who has ${kind === "machine" ? "its id" : "a code or a refresh token of its"}: set generateSecret to true`
        : "has a secret, which no browser can keep: set generateSecret to false",
    },
    {
      rule: "client-scopes",
      holds: sameSet(inputOf(client, "allowedOauthScopes"), scopes),
      message: `may not ask for exactly ${scopes.join(", ")}; aws.cognito.signin.user.admin, in SST's default, lets a stolen access token change the account, and a scope of the API that peopleScopes does not name is not people's: take the blueprint's clientScopes`,
    },
    {
      rule: "client-auth-flows",
      holds: sameSet(apiFlows, signInFlows),
      message: `does not limit Cognito's own sign-in API to ${signInFlows.join(", ")}; without a list, or with an empty one, Cognito opens SRP, and passwords can be tried past the hosted sign-in: take the blueprint's explicitAuthFlows`,
    },
    {
      rule: "client-user-existence",
      holds: inputOf(client, "preventUserExistenceErrors") === "ENABLED",
      message: "tells strangers which accounts exist: set preventUserExistenceErrors to ENABLED",
    },
    {
      rule: "client-revocation",
      holds: inputOf(client, "enableTokenRevocation") === true,
      message: "gives refresh tokens that cannot be revoked: set enableTokenRevocation to true",
    },
  ];
}

function tokenExpectations(client: Resource): readonly Expectation[] {
  const { idMinutes, accessMinutes, refreshDays } = tokenLifetimes;
  const is = (key: string, expected: unknown) => sameJson(inputOf(client, key), expected);
  return [
    {
      rule: "client-lifetimes",
      holds:
        is("idTokenValidity", idMinutes) &&
        is("accessTokenValidity", accessMinutes) &&
        is("refreshTokenValidity", refreshDays) &&
        is("tokenValidityUnits", {
          idToken: "minutes",
          accessToken: "minutes",
          refreshToken: "days",
        }),
      message: `does not issue tokens for the blueprint's ${idMinutes} minutes (ID), ${accessMinutes} minutes (access) and ${refreshDays} days (refresh), each with its unit; without units Cognito counts hours: take tokenLifetimes, and give the units`,
    },
  ];
}

function machineExpectations(client: Resource): readonly Expectation[] {
  return [
    {
      rule: "client-callback-urls",
      holds: ["callbackUrls", "logoutUrls", "defaultRedirectUri"].every((key) =>
        isAbsent(inputOf(client, key)),
      ),
      message:
        "returns somewhere after sign-in, though machines never sign in; a code sent there would be somebody else's: give it no URLs",
    },
  ];
}
