import { appClientNames, appClients, type AppClientName } from "@gatehouse/blueprint/app-clients";
import { signInClient, signInUrl } from "@gatehouse/blueprint/sign-in-url";
import type { Snapshot, SnapshotKey } from "@gatehouse/blueprint/snapshot";
import type { Stage } from "@gatehouse/blueprint/stages";

import type { StageOutputs } from "./stage-outputs.ts";

/** The ids of a stage's app clients; the walk-through's only where the stage has it. */
export type ClientIds = Readonly<
  Record<Exclude<AppClientName, "walkthrough">, string> & { walkthrough?: string | undefined }
>;

/** @throws {TypeError} for a client that the stage does not have. */
export function idOf(ids: ClientIds, name: AppClientName): string {
  const id = ids[name];
  if (id === undefined) throw new TypeError(`the app client ${name} has no id`);
  return id;
}

/** What cannot always be known before the guard is made: the clients' callbacks need the distribution's name. */
export interface KnownApp {
  /** Without a trailing slash. */
  readonly appUrl: string;
  readonly clients: ClientIds;
}

export interface SnapshotSource {
  readonly stage: Stage;
  readonly region: string;
  /** SSM prefix of the stage, without a trailing slash. */
  readonly prefix: string;
  /** Of every backend; the first is the app's own. */
  readonly functionUrls: readonly string[];
  readonly userPoolId: string;
  readonly keys: readonly SnapshotKey[];
  /** The hosted sign-in, without a trailing slash. */
  readonly hostedOrigin: string;
  /** Absent: the guard asks Parameter Store for the client ids. */
  readonly known: KnownApp | undefined;
}

/** The guard's settings for a deployment. The same input gives the same bytes: no time, no chance. */
export function createSnapshot({
  stage,
  region,
  prefix,
  functionUrls,
  userPoolId,
  keys,
  hostedOrigin,
  known,
}: SnapshotSource): Snapshot {
  const names = appClientNames(stage);
  const [functionUrlHost, ...otherFunctionUrlHosts] = functionUrls.map((url) => new URL(url).host);
  if (functionUrlHost === undefined) throw new TypeError("the guard has no Function URL to guard");
  return {
    madeBy: "deploy",
    region,
    prefix,
    functionUrlHost,
    ...(otherFunctionUrlHosts.length === 0 ? {} : { otherFunctionUrlHosts }),
    issuers: [`https://cognito-idp.${region}.amazonaws.com/${userPoolId}`],
    jwks: { keys },
    ...(known === undefined ? {} : knownSettings(known, names, stage, hostedOrigin)),
    clientNames: names,
    // Never what Parameter Store says: where the app lives decides whose requests are its own.
    ...(stage.domain === undefined ? {} : { appOrigins: [`https://${stage.domain}`] }),
    corsOrigins: stage.corsOrigins,
    forwardToken: stage.forwardToken,
    revocation: { mode: "off" },
  };
}

function knownSettings(
  { appUrl, clients: ids }: KnownApp,
  names: readonly AppClientName[],
  stage: Stage,
  hostedOrigin: string,
): Pick<Snapshot, "clients" | "signIn"> {
  const name = signInClient(stage);
  return {
    clients: Object.fromEntries(
      names.map((client) => {
        const { kind, tokenUses } = appClients[client];
        return [idOf(ids, client), { kind, tokenUses }];
      }),
    ),
    signIn: { url: signInUrl(name, idOf(ids, name), { hostedOrigin, callbackUrl: `${appUrl}/` }) },
  };
}

/**
 * What the last deploy of the stage wrote down, where it can still be true: of the same user pool, and with an id for
 * each client that the stage has now. Otherwise the guard asks Parameter Store.
 */
export function knownFromLastDeploy(
  outputs: Pick<StageOutputs, "appUrl" | "userPoolId" | "clients"> | undefined,
  userPoolId: string,
  stage: Stage,
): KnownApp | undefined {
  if (outputs === undefined || outputs.userPoolId !== userPoolId) return undefined;
  const { appUrl, clients } = outputs;
  if (appClientNames(stage).some((name) => clients[name] === undefined)) return undefined;
  const ids = { web: clients.web.id, machine: clients.machine.id };
  const walkthrough = stage.implicitGrant ? clients.walkthrough?.id : undefined;
  return { appUrl, clients: walkthrough === undefined ? ids : { ...ids, walkthrough } };
}
