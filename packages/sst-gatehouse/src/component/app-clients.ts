import {
  appClients,
  type AppClientName,
  type ClientIds,
  clientScopes,
  explicitAuthFlows,
  forClients,
  ofClient,
  refreshTokenRotation,
  tokenLifetimes,
  writeAttributes,
} from "@sst-gatehouse/blueprint/app-clients";
import { checkClaims, readAttributes } from "@sst-gatehouse/blueprint/claims";
import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";
import { type GateAccess, inPascalCase } from "@sst-gatehouse/blueprint/gate";

import type { GateContext } from "./gate-context.ts";
import type { Users } from "./users.ts";

export interface AppClients {
  readonly ids: $util.Output<ClientIds>;
  /** Of the guard's own client. */
  readonly webSecret: $util.Output<string>;
}

export interface AppClientsSource {
  readonly users: Users;
  readonly access: GateAccess;
  /** Where people return to after sign-in; without a trailing slash. */
  readonly appUrl: $util.Output<string>;
}

/** The app clients of this stage, as the blueprint has them. */
export function createAppClients(
  { parent, name: gate, named, stage }: GateContext,
  { users, access, appUrl }: AppClientsSource,
): AppClients {
  const { identityProviders } = users;
  const rotates = users.noRotation.apply((why) => why === undefined);
  // Cognito writes what it maps as the app client would: without the right, every sign-in fails. It waits for the provider.
  const mapped = $util
    .all(identityProviders.map(({ attributeMapping }) => attributeMapping))
    .apply((all) => all.flatMap((mapping) => Object.keys(mapping ?? {})))
    .apply((attributes) => {
      checkClaims(access, stage, attributes);
      return attributes;
    });
  const readable = readAttributes(access);
  const create = (name: AppClientName) => {
    const { kind, flows, generateSecret } = appClients[name];
    const person = kind === "person";
    const urls = appUrl.apply((url) => redirectUrls(name, url, stage));
    return new aws.cognito.UserPoolClient(
      `${gate}${inPascalCase(name)}Client`,
      {
        name: `${named}-${name}`,
        userPoolId: users.id,
        supportedIdentityProviders: [
          "COGNITO",
          ...(person ? identityProviders.map(({ providerName }) => providerName) : []),
        ],
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: [...flows],
        allowedOauthScopes: [...clientScopes(kind, access.scopes, stage)],
        ...(person && {
          callbackUrls: urls.apply(({ callbackUrls }) => [...callbackUrls]),
          logoutUrls: urls.apply(({ logoutUrls }) => [...logoutUrls]),
          // Pulumi's types forget that an optional input may turn out to be undefined.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          refreshTokenRotation: rotates.apply(refreshTokenRotation) as $util.Output<{
            feature: string;
          }>,
        }),
        generateSecret,
        explicitAuthFlows: rotates.apply((does) => [...explicitAuthFlows(kind, does)]),
        writeAttributes: mapped.apply((attributes) => [
          ...new Set([
            ...writeAttributes(stage),
            ...(person ? attributes.filter((attribute) => attribute !== "username") : []),
          ]),
        ]),
        ...(person && readable && { readAttributes: [...readable] }),
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        idTokenValidity: tokenLifetimes.idMinutes,
        accessTokenValidity: tokenLifetimes.accessMinutes,
        refreshTokenValidity: tokenLifetimes.refreshDays,
        tokenValidityUnits: { idToken: "minutes", accessToken: "minutes", refreshToken: "days" },
      },
      // Cognito refuses a client with scopes that do not exist yet.
      { parent, ...(users.resourceServer && { dependsOn: users.resourceServer }) },
    );
  };
  const clients = forClients(stage, create);
  return {
    ids: $util.output(forClients(stage, (name) => ofClient(clients, name).id)),
    webSecret: $util.secret(clients.web.clientSecret),
  };
}
