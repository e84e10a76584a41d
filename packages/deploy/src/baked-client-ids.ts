import {
  appClientNames,
  type AppClientName,
  type ClientIds,
  forClients,
} from "@sst-gatehouse/blueprint/app-clients";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

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
  return forClients(stage, (name) => clients[name]?.id ?? "");
}

/**
 * The message after a deploy whose guard does not know the stage's clients by itself: it was built before one of them.
 *
 * @param names of the stage's clients.
 * @param baked what the guard was made with; absent when it asks Parameter Store.
 */
export function staleGuard(
  names: readonly AppClientName[],
  baked: ClientIds | undefined,
  made: ClientIds,
): string | undefined {
  if (baked === undefined)
    return "The guard was made before one of its app clients. Each new container asks Parameter Store for their ids, and answers 503 for a moment: deploy once more, and it knows them.";
  if (names.every((name) => baked[name] === made[name])) return undefined;
  return "An app client was replaced, and the guard still knows the old one: deploy once more.";
}
