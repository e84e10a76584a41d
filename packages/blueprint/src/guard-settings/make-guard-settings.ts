import { appClientNames, appClients, type ClientIds, ofClient } from "../aws/app-clients.ts";
import { userPoolIssuers } from "../aws/user-pool-issuers.ts";
import type { BackendRevocation } from "../aws/api-function.ts";
import { parameterNames } from "../aws/parameters.ts";
import type { Stage } from "../stage/stages.ts";
import type { PublicKey } from "./cognito-values.ts";
import type { GuardSettings, Revocation } from "./guard-settings.ts";

/**
 * Of the caller header that a guard made now sends. One release after the backend has learnt to read a version, because a
 * deploy replaces functions minutes before the edge, and may be taken back in between.
 */
const sentCallerVersion = 1 as 1 | 2;

export interface GuardSettingsSource {
  readonly stage: Stage;
  readonly region: string;
  /** SSM prefix of the stage, without a trailing slash. */
  readonly prefix: string;
  /** Of every backend; the first is the app's own. */
  readonly functionUrls: readonly string[];
  /** Of a front end. */
  readonly site?: GuardSettings["site"];
  readonly userPoolId: string;
  /** Absent: the guard asks Parameter Store, which a deployed guard may not. */
  readonly keys: readonly PublicKey[] | undefined;
  /** The hosted sign-in, without a trailing slash. */
  readonly hostedOrigin: string;
  /**
   * They cannot always be known before the guard is made: their callbacks need the distribution's name. Absent: the
   * guard asks Parameter Store.
   */
  readonly clientIds: ClientIds | undefined;
  /** What is different on a laptop; absent in a deployment. */
  readonly local?: LocalDifferences;
}

export interface LocalDifferences {
  /** Where browsers and programs find the app. A deployment knows it only where the stage has a domain. */
  readonly appUrls: readonly string[];
  /** Where the guard finds the hosted sign-in: browsers have another address for it. */
  readonly apiOrigin: string;
  /** Whole seconds since the epoch. A deployment leaves it out, so that the same keys give the same bytes. */
  readonly keysFetchedAt: number;
}

/** The guard's settings, for AWS and for a laptop. The same input gives the same bytes: no time, no randomness. */
export function makeGuardSettings({
  stage,
  region,
  prefix,
  functionUrls,
  site,
  userPoolId,
  keys,
  hostedOrigin,
  clientIds,
  local,
}: GuardSettingsSource): GuardSettings {
  const [functionUrlHost, ...otherFunctionUrlHosts] = functionUrls.map((url) => new URL(url).host);
  if (functionUrlHost === undefined) throw new TypeError("the guard has no Function URL to guard");
  const fetchedAt = local === undefined ? {} : { fetchedAt: local.keysFetchedAt };
  const appOrigins = local?.appUrls ?? (stage.domain ? [`https://${stage.domain}`] : undefined);
  return {
    madeBy: local === undefined ? "deploy" : "local",
    region,
    prefix,
    functionUrlHost,
    ...(otherFunctionUrlHosts.length === 0 ? {} : { otherFunctionUrlHosts }),
    ...(site === undefined ? {} : { site }),
    // Both names: a pool that is set to the other one signs nobody out.
    issuers: userPoolIssuers(region, userPoolId),
    ...(keys === undefined ? {} : { jwks: { keys, ...fetchedAt } }),
    ...(clientIds === undefined ? {} : { clients: clientTable(clientIds, stage) }),
    ...(stage.cimdUrlPatterns.length > 0 && { cimdUrlPatterns: stage.cimdUrlPatterns }),
    clientNames: appClientNames(stage),
    // Never what Parameter Store says: where the app lives decides whose requests are its own.
    ...(appOrigins === undefined ? {} : { appOrigins }),
    corsOrigins: stage.corsOrigins,
    ...(stage.corsRequestHeaders && { corsRequestHeaders: stage.corsRequestHeaders }),
    forwardToken: stage.forwardToken,
    ...(stage.forwardCookies === undefined ? {} : { forwardCookies: stage.forwardCookies }),
    originHeaderBytes: stage.originHeaderBytes,
    signIn: {
      hostedOrigin,
      ...(local === undefined ? {} : { apiOrigin: local.apiOrigin }),
      client: "web",
      peopleScopes: stage.peopleScopes,
    },
    revocation: guardRevocation(stage),
    ...(sentCallerVersion === 1 ? {} : { callerVersion: sentCallerVersion }),
    ...(stage.logPaths && { logPaths: true }),
    ...(stage.metrics && { metrics: true }),
  };
}

function clientTable(ids: ClientIds, stage: Stage): NonNullable<GuardSettings["clients"]> {
  return Object.fromEntries(
    appClientNames(stage).map((name) => {
      const { kind, tokenUses } = appClients[name];
      return [ofClient(ids, name), { name, kind, tokenUses }];
    }),
  );
}

/** What the guard is told about revocation. */
export function guardRevocation({
  revocation,
  backendChecksRevocation,
}: Pick<Stage, "revocation" | "backendChecksRevocation">): Revocation {
  if (revocation === "off") return { mode: "off" };
  const on = { mode: "on", whenUnknown: revocation } as const;
  return backendChecksRevocation ? { ...on, checkedBy: "backend" } : on;
}

/** What the app's own backend is told; undefined where it looks up no sign-in. @param prefix of the stage's parameters. */
export function backendRevocation(
  { revocation, backendChecksRevocation }: Pick<Stage, "revocation" | "backendChecksRevocation">,
  prefix: string,
): BackendRevocation | undefined {
  return revocation === "off" || !backendChecksRevocation
    ? undefined
    : { list: `${prefix}/${parameterNames.revoked}`, whenUnknown: revocation };
}
