import { AdminAddUserToGroupCommand } from "@aws-sdk/client-cognito-identity-provider";

import { explainAwsFailure } from "../../aws-failure.ts";
import type { CommandContext } from "../../command.ts";
import { shellWord } from "../shell-word.ts";
import type { UserPool } from "../user-pool.ts";

/**
 * Adds a user who was just created to each group, and says what came of it and how to finish.
 *
 * @returns the exit code: 1 when a group is missing now.
 */
export async function addToGroups(
  { userPoolId, region, client }: UserPool,
  username: string,
  groups: readonly string[],
  { stdout, stderr }: Pick<CommandContext, "stdout" | "stderr">,
): Promise<number> {
  const added: string[] = [];
  const failed: string[] = [];
  for (const group of groups) {
    try {
      await client.send(
        new AdminAddUserToGroupCommand({
          UserPoolId: userPoolId,
          Username: username,
          GroupName: group,
        }),
      );
      added.push(group);
    } catch (error) {
      failed.push(group);
      stderr.write(`${username} was not added to ${group}: ${explainAwsFailure(error)}\n`);
    }
  }
  if (added.length > 0) stdout.write(`${username} is in ${added.join(", ")}.\n`);
  if (failed.length === 0) return 0;
  const commands = failed.map(
    (group) =>
      `  aws cognito-idp admin-add-user-to-group --region ${region} --user-pool-id ${userPoolId} --username ${shellWord(username)} --group-name ${shellWord(group)}\n`,
  );
  stderr.write(`${username} was created. To finish:\n${commands.join("")}`);
  return 1;
}
