import {
  appClients,
  type AppClientName,
  type ClientIds,
  clientScopes,
  explicitAuthFlows,
  tokenLifetimes,
  writeAttributes,
} from "@sst-gatehouse/blueprint/app-clients";
import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";

import { access } from "../access.ts";
import { named, stage } from "./stage.ts";
import { resourceServer, users } from "./users.ts";

/**
 * The app clients of this stage, as the blueprint has them.
 *
 * @param appUrl where people return to after sign-in; without a trailing slash.
 * @returns their ids.
 */
export function createAppClients(appUrl: $util.Output<string>): $util.Output<ClientIds> {
  const callbackUrls = appUrl.apply((url) => [...redirectUrls(url, stage).callbackUrls]);
  const logoutUrls = appUrl.apply((url) => [...redirectUrls(url, stage).logoutUrls]);
  const create = (name: AppClientName): $util.Output<string> => {
    const { kind, flows, generateSecret } = appClients[name];
    const person = kind === "person";
    const component = `${name.charAt(0).toUpperCase()}${name.slice(1)}Client`;
    const client = users.addClient(component, {
      transform: {
        client: (args, options) => {
          args.name = `${named}-${name}`;
          args.allowedOauthFlows = [...flows];
          args.allowedOauthScopes = [...clientScopes(kind, access.scopes, stage)];
          args.callbackUrls = person ? callbackUrls : undefined;
          args.logoutUrls = person ? logoutUrls : undefined;
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
    return client.id;
  };
  return $util.output({
    web: create("web"),
    machine: create("machine"),
    ...(stage.implicitGrant ? { walkthrough: create("walkthrough") } : {}),
  });
}
