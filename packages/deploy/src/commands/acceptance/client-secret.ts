import { DescribeUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";

import { orCommandError } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../users/user-pool.ts";

/** @throws {CommandError} (rejects) when AWS refuses, or when the client has no secret. */
export async function loadClientSecret(
  { userPoolId, client }: UserPool,
  stage: string,
  clientId: string,
): Promise<string> {
  const { UserPoolClient } = await orCommandError(
    `The machine client of stage ${stage} cannot be read`,
    client.send(new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId })),
  );
  const secret = UserPoolClient?.ClientSecret;
  if (secret === undefined)
    throw new CommandError(`The machine client of stage ${stage} has no secret. Deploy again.`);
  return secret;
}
