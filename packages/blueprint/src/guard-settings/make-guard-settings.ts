import { appClientNames, appClients, type AppClientName } from "../aws/app-clients.ts";
import type { Snapshot, SnapshotKey } from "./guard-settings.ts";
import type { StageOutputs } from "../stage/stage-outputs.ts";
import { guardRevocation, type Stage } from "../stage/stages.ts";

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
  /**
   * They cannot always be known before the guard is made: their callbacks need the distribution's name. Absent: the
   * guard asks Parameter Store.
   */
  readonly clientIds: ClientIds | undefined;
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
  clientIds,
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
    ...(clientIds === undefined ? {} : { clients: clientTable(clientIds, names) }),
    clientNames: names,
    // Never what Parameter Store says: where the app lives decides whose requests are its own.
    ...(stage.domain === undefined ? {} : { appOrigins: [`https://${stage.domain}`] }),
    corsOrigins: stage.corsOrigins,
    forwardToken: stage.forwardToken,
    signIn: { hostedOrigin, client: "web" },
    revocation: guardRevocation(stage),
  };
}

function clientTable(
  ids: ClientIds,
  names: readonly AppClientName[],
): NonNullable<Snapshot["clients"]> {
  return Object.fromEntries(
    names.map((name) => {
      const { kind, tokenUses } = appClients[name];
      return [idOf(ids, name), { name, kind, tokenUses }];
    }),
  );
}

/**
 * What to tell after a deploy: a client that was made anew in it is not the one that the guard was made with.
 *
 * @param names of the stage's clients.
 * @param baked what the guard was made with; absent when it asks Parameter Store.
 */
export function staleGuard(
  names: readonly AppClientName[],
  baked: ClientIds | undefined,
  made: ClientIds,
): string | undefined {
  if (baked === undefined || names.every((name) => baked[name] === made[name])) return undefined;
  return "An app client was made anew, and the guard still knows the old one: deploy once more.";
}

/**
 * The client ids that the last deploy of the stage wrote down, where they can still be true: of the same user pool, and
 * with an id for each client that the stage has now. Otherwise the guard asks Parameter Store.
 */
export function clientIdsOfLastDeploy(
  outputs: Pick<StageOutputs, "userPoolId" | "clients"> | undefined,
  userPoolId: string,
  stage: Stage,
): ClientIds | undefined {
  if (outputs === undefined || outputs.userPoolId !== userPoolId) return undefined;
  const { clients } = outputs;
  if (appClientNames(stage).some((name) => clients[name] === undefined)) return undefined;
  const ids = { web: clients.web.id, machine: clients.machine.id };
  const walkthrough = stage.implicitGrant ? clients.walkthrough?.id : undefined;
  return walkthrough === undefined ? ids : { ...ids, walkthrough };
}
