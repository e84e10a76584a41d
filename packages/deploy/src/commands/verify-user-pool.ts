import {
  DescribeUserPoolCommand,
  type CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import { orCommandError } from "../aws-failure.ts";
import { CommandError, type CommandContext } from "../command.ts";
import type { UserPool } from "./user-pool.ts";

/**
 * Makes sure that the outputs of a stage name the stage's own user pool and sign-in page. Permission to write that one
 * parameter must not decide whose users are changed, nor where passwords are sent: tags and domain of the pool decide.
 *
 * @param client for the home region.
 * @returns the pool, which is the stage's.
 * @throws {CommandError} (rejects) saying what does not fit, or that AWS refuses.
 */
export async function verifyUserPool(
  { name: app, region }: CommandContext["gate"]["app"],
  stage: string,
  { userPoolId, signInUrl }: Pick<StageOutputs, "userPoolId" | "signInUrl">,
  client: CognitoIdentityProviderClient,
): Promise<UserPool> {
  const { UserPool: { UserPoolTags: tags = {}, Domain: domain } = {} } = await orCommandError(
    `The user pool of stage ${stage} cannot be read`,
    client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId })),
  );
  if (tags["sst:app"] !== app || tags["sst:stage"] !== stage)
    throw misfit(stage, `the user pool ${userPoolId} is not tagged as belonging to stage ${stage}`);
  // With the slash: whatever reads the address, nothing after it belongs to the host.
  const signIn = `https://${domain}.auth.${region}.amazoncognito.com/`;
  if (domain === undefined || !signInUrl.startsWith(signIn))
    throw misfit(stage, `the sign-in page is not at the domain of the user pool ${userPoolId}`);
  return { userPoolId, region, client };
}

/** What an error says of outputs that a deploy of the stage would not have written. */
export function misfit(stage: string, what: string): CommandError {
  return new CommandError(
    `The outputs of stage ${stage} do not belong to it: ${what}. Nothing was changed. Find out who wrote them, and deploy again: \`npx sst deploy --stage ${stage}\``,
  );
}
