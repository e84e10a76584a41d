import { forClients } from "@sst-gatehouse/blueprint/app-clients";
import type { Gate } from "@sst-gatehouse/blueprint/gate";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { isStaticSite } from "@sst-gatehouse/blueprint/site";
import { makeGuardSettings } from "@sst-gatehouse/blueprint/make-guard-settings";

import type { Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";

/** What may be left out of the guard's settings file, so that it has to come from Parameter Store. */
export type Unbaked = readonly ("clients" | "jwks")[];

/** The guard's settings, as a deployment of this stage would bake them. @param nowSeconds since the epoch. */
export function localGuardSettings(
  {
    region,
    parameterPrefix,
    backends,
    siteHost,
    appUrl,
    loopbackUrl,
    hostedUrl,
    stage,
  }: Deployment,
  site: Gate["site"],
  cognito: Cognito,
  nowSeconds: number,
  unbaked: Unbaked,
): GuardSettings {
  return makeGuardSettings({
    stage,
    region,
    prefix: parameterPrefix,
    functionUrls: backends.map(({ functionUrlHost }) => `https://${functionUrlHost}`),
    ...(site &&
      !isStaticSite(site) && {
        site: { host: siteHost, ...(site.fallback !== undefined && { fallback: site.fallback }) },
      }),
    userPoolId: cognito.poolId,
    keys: unbaked.includes("jwks") ? undefined : cognito.keySet().keys,
    hostedOrigin: hostedUrl,
    clientIds: unbaked.includes("clients") ? undefined : forClients(stage, cognito.clientId),
    local: {
      appUrls: [appUrl, loopbackUrl],
      apiOrigin: `https://${cognito.domainHost}`,
      keysFetchedAt: nowSeconds,
    },
  });
}
