import {
  appClients,
  type AppClientName,
  type ClientIds,
  clientScopes,
  explicitAuthFlows,
  forClients,
  ofClient,
  tokenLifetimes,
  writeAttributes,
} from "@sst-gatehouse/blueprint/app-clients";
import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";

import { access } from "../access.ts";
import { named, stage } from "./stage.ts";
import { resourceServer, users } from "./users.ts";

export interface AppClients {
  readonly ids: $util.Output<ClientIds>;
  /** Of the guard's own client. */
  readonly webSecret: $util.Output<string>;
}

/**
 * The app clients of this stage, as the blueprint has them.
 *
 * @param appUrl where people return to after sign-in; without a trailing slash.
 */
export function createAppClients(appUrl: $util.Output<string>): AppClients {
  const create = (name: AppClientName) => {
    const { kind, flows, generateSecret } = appClients[name];
    const person = kind === "person";
    const urls = appUrl.apply((url) => redirectUrls(name, url, stage));
    const component = `${name.charAt(0).toUpperCase()}${name.slice(1)}Client`;
    return users.addClient(component, {
      transform: {
        client: (args, options) => {
          args.name = `${named}-${name}`;
          args.allowedOauthFlows = [...flows];
          args.allowedOauthScopes = [...clientScopes(kind, access.scopes, stage)];
          args.callbackUrls = person
            ? urls.apply(({ callbackUrls }) => [...callbackUrls])
            : undefined;
          args.logoutUrls = person ? urls.apply(({ logoutUrls }) => [...logoutUrls]) : undefined;
          args.generateSecret = generateSecret;
          args.explicitAuthFlows = [...explicitAuthFlows(kind)];
          args.writeAttributes = [...writeAttributes(stage)];
          args.preventUserExistenceErrors = "ENABLED";
          args.enableTokenRevocation = true;
          args.refreshTokenRotation = person
            ? { feature: "ENABLED", retryGracePeriodSeconds: tokenLifetimes.rotationGraceSeconds }
            : undefined;
          args.idTokenValidity = tokenLifetimes.idMinutes;
          args.accessTokenValidity = tokenLifetimes.accessMinutes;
          args.refreshTokenValidity = tokenLifetimes.refreshDays;
          args.tokenValidityUnits = {
            idToken: "minutes",
            accessToken: "minutes",
            refreshToken: "days",
          };
          // Cognito refuses a client with scopes that do not exist yet.
          options.dependsOn = resourceServer;
        },
      },
    });
  };
  const clients = forClients(stage, create);
  return {
    ids: $util.output(forClients(stage, (name) => ofClient(clients, name).id)),
    webSecret: $util.secret(clients.web.secret),
  };
}
