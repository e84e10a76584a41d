import { paginateListGroups } from "@aws-sdk/client-cognito-identity-provider";

import { orCommandError } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../user-pool.ts";

/** @throws {CommandError} (rejects) when the pool lacks one of the groups; the message lists those it has. */
export async function requireGroups(
  pool: UserPool,
  stage: string,
  groups: readonly string[],
): Promise<void> {
  if (groups.length === 0) return;
  const existing = await orCommandError(
    `The groups of stage ${stage} cannot be read`,
    listGroups(pool),
  );
  const missing = groups.filter((group) => !existing.includes(group));
  if (missing.length === 0) return;
  const there =
    existing.length === 0 ? "It has none." : `It has ${existing.toSorted().join(", ")}.`;
  throw new CommandError(
    `Stage ${stage} has no group ${missing.join(", ")}. ${there} Nothing was changed. Groups come from access.ts with the next deploy.`,
  );
}

async function listGroups({ userPoolId, client }: UserPool): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { Groups = [] } of paginateListGroups({ client }, { UserPoolId: userPoolId }))
    names.push(...Groups.flatMap(({ GroupName }) => GroupName ?? []));
  return names;
}
