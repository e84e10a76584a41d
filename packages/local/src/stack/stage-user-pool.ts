import { randomBytes } from "node:crypto";

import { appClientNames } from "@sst-gatehouse/blueprint/app-clients";
import { callbackPath, redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";
import { peopleFor } from "@sst-gatehouse/blueprint/people";
import { signInClient } from "@sst-gatehouse/blueprint/sign-in-url";

import type { GateAccess } from "@sst-gatehouse/blueprint/gate";

import type { AccountForm } from "./account.ts";
import type { Clock } from "../aws/clock.ts";
import { createCognito, type Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";
import type { Explain } from "../aws/explain.ts";

/**
 * The stage's user pool with its clients and people: a plain one, and one for each group of the access rules.
 *
 * @param access the rules: their scopes are what machines may ask for.
 * @param account how the account that is played differs from the usual one.
 */
export function createUserPool(
  { region, accountId, appUrl, hostedUrl, stage }: Deployment,
  access: GateAccess,
  account: readonly AccountForm[],
  clock: Clock,
  explain: Explain,
): Promise<Cognito> {
  return createCognito({
    region,
    accountId,
    hostedOrigin: hostedUrl,
    clock,
    explain,
    clients: appClientNames(stage),
    redirectUrls: (name) => redirectUrls(name, appUrl, stage),
    resourceServerScopes: access.scopes,
    peopleScopes: stage.peopleScopes,
    selfSignUp: stage.selfSignUp,
    issuerType: account.includes("updated-issuer") ? "UPDATED" : "ORIGINAL",
    movesAuthTime: account.includes("moving-auth-time"),
    users: peopleFor(access).map(([username, groups]) => ({
      username,
      groups,
      password: newPassword(),
      email: `${username}@example.com`,
    })),
  });
}

/** Where a person signs in: by the walk-through where the stage has it. */
export function signInUrl(cognito: Cognito, { appUrl, stage }: Deployment): string {
  return cognito.signInUrl(signInClient(stage), `${appUrl}${callbackPath}`);
}

/** A password that the pool's policy takes. */
function newPassword(): string {
  return `Gate-${randomBytes(6).toString("hex")}-7`;
}
