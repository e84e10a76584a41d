import { DescribeUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";

import { orCommandError } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../user-pool.ts";
import { misfit } from "../verify-user-pool.ts";

/**
 * Loads the secret of the stage's client for machines. Other clients of the pool may have secrets too, which
 * the suite must not get.
 *
 * @throws {CommandError} (rejects) when AWS refuses, when it is another client, or when it has no secret.
 */
export async function loadClientSecret(
  { userPoolId, client }: UserPool,
  app: string,
  stage: string,
  clientId: string,
): Promise<string> {
  const { UserPoolClient } = await orCommandError(
    `The machine client of stage ${stage} cannot be read`,
    client.send(new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId })),
  );
  const name = `${app}-${stage}-machine`;
  if (UserPoolClient?.ClientName !== name || UserPoolClient.UserPoolId !== userPoolId)
    throw misfit(stage, `the machine client is not ${name} of the user pool ${userPoolId}`);
  const secret = UserPoolClient.ClientSecret;
  if (secret === undefined)
    throw new CommandError(`The machine client of stage ${stage} has no secret. Deploy again.`);
  return secret;
}
