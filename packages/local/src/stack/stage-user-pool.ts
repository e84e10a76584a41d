import { randomBytes } from "node:crypto";

import { appClientNames, type AppClientName } from "@sst-gatehouse/blueprint/app-clients";
import {
  callbackPath,
  redirectUrls,
  type RedirectUrls,
} from "@sst-gatehouse/blueprint/callback-urls";
import { peopleFor } from "@sst-gatehouse/blueprint/people";
import { signInClient } from "@sst-gatehouse/blueprint/sign-in-url";

import type { Gate } from "@sst-gatehouse/blueprint/gate";

import type { AccountForm } from "./account.ts";
import type { Clock } from "../aws/clock.ts";
import { createFetchDocument } from "../aws/cognito/client-documents/fetch-document.ts";
import { createCognito, type Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";
import type { Explain } from "../aws/explain.ts";

/**
 * The stage's user pool with its clients and people: a plain one, and one for each group of the access rules.
 *
 * @param account how the account that is played differs from the usual one.
 */
export function createUserPool(
  deployment: Deployment,
  { access, local }: Pick<Gate, "access" | "local">,
  account: readonly AccountForm[],
  clock: Clock,
  explain: Explain,
): Promise<Cognito> {
  const { region, accountId, hostedUrl, stage } = deployment;
  return createCognito({
    region,
    accountId,
    hostedOrigin: hostedUrl,
    clock,
    explain,
    clients: appClientNames(stage),
    redirectUrls: (name) => ownRedirectUrls(name, deployment),
    resourceServerScopes: access.scopes,
    peopleScopes: stage.peopleScopes,
    selfSignUp: stage.selfSignUp,
    issuerType: account.includes("updated-issuer") ? "UPDATED" : "ORIGINAL",
    movesAuthTime: account.includes("moving-auth-time"),
    rotates: !account.includes("lite-pool"),
    ...(stage.cimdUrlPatterns.length > 0 && {
      cimd: {
        urlPatterns: stage.cimdUrlPatterns,
        fetchDocument: createFetchDocument({ onThisMachine: local?.clientDocuments ?? {} }),
      },
    }),
    users: peopleFor(access).map(([username, groups]) => ({
      username,
      groups,
      password: newPassword(),
      email: `${username}@example.com`,
    })),
  });
}

/** Of both addresses of the app: what Cognito compares is exact. */
function ownRedirectUrls(
  client: AppClientName,
  { appUrl, loopbackUrl, stage }: Deployment,
): RedirectUrls {
  const each = [appUrl, loopbackUrl].map((url) => redirectUrls(client, url, stage));
  return {
    callbackUrls: [...new Set(each.flatMap(({ callbackUrls }) => callbackUrls))],
    logoutUrls: [...new Set(each.flatMap(({ logoutUrls }) => logoutUrls))],
  };
}

/** Where a person signs in: by the walk-through where the stage has it. */
export function signInUrl(cognito: Cognito, { appUrl, stage }: Deployment): string {
  return cognito.signInUrl(signInClient(stage), `${appUrl}${callbackPath}`);
}

/** A password that the pool's policy takes. */
function newPassword(): string {
  return `Gate-${randomBytes(6).toString("hex")}-7`;
}
