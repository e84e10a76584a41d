import { DescribeUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";

import { orCommandError } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../user-pool.ts";
import { misfit } from "../verify-user-pool.ts";

/**
 * Loads the secret of one of the stage's clients. Other clients of the pool may have secrets too, which the suite must
 * not get.
 *
 * @throws {CommandError} (rejects) when AWS refuses, when it is another client, or when it has no secret.
 */
export async function loadClientSecret(
  { userPoolId, client }: UserPool,
  app: string,
  stage: string,
  { name, id }: { readonly name: "machine" | "web"; readonly id: string },
): Promise<string> {
  const { UserPoolClient } = await orCommandError(
    `The ${name} client of stage ${stage} cannot be read`,
    client.send(new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: id })),
  );
  const called = `${app}-${stage}-${name}`;
  if (UserPoolClient?.ClientName !== called || UserPoolClient.UserPoolId !== userPoolId)
    throw misfit(stage, `the ${name} client is not ${called} of the user pool ${userPoolId}`);
  const secret = UserPoolClient.ClientSecret;
  if (secret === undefined)
    throw new CommandError(`The ${name} client of stage ${stage} has no secret. Deploy again.`);
  return secret;
}
