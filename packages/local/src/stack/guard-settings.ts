import { appClientNames, appClients } from "@sst-gatehouse/blueprint/app-clients";
import type { Snapshot } from "@sst-gatehouse/blueprint/guard-settings";
import { guardRevocation } from "@sst-gatehouse/blueprint/stages";

import type { Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";

/** What may be left out of the guard's settings file, so that it has to come from Parameter Store. */
export type Unbaked = readonly ("clients" | "jwks")[];

/** The guard's settings, as a deployment of this stage would bake them. @param nowSeconds since the epoch. */
export function createSnapshot(
  deployment: Deployment,
  cognito: Cognito,
  nowSeconds: number,
  unbaked: Unbaked,
): Snapshot {
  const { region, parameterPrefix, functionUrlHost, appUrl, hostedUrl, stage } = deployment;
  const clientNames = appClientNames(stage);
  const clients = Object.fromEntries(
    clientNames.map((name) => {
      const { kind, tokenUses } = appClients[name];
      return [cognito.clientId(name), { name, kind, tokenUses }];
    }),
  );
  const jwks = { ...cognito.keySet(), fetchedAt: nowSeconds };
  return {
    madeBy: "local",
    region,
    prefix: parameterPrefix,
    functionUrlHost,
    issuers: [cognito.issuer],
    ...(unbaked.includes("jwks") ? {} : { jwks }),
    ...(unbaked.includes("clients") ? {} : { clients }),
    clientNames,
    appOrigins: [appUrl],
    corsOrigins: stage.corsOrigins,
    forwardToken: stage.forwardToken,
    signIn: {
      hostedOrigin: hostedUrl,
      apiOrigin: `https://${cognito.domainHost}`,
      client: "web",
    },
    revocation: guardRevocation(stage),
  };
}
