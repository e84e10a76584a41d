import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";

import type { CommandContext } from "../../command.ts";
import { loadStageOutputs } from "../../load-stage-outputs.ts";
import { verifyUserPool } from "../verify-user-pool.ts";
import { addToGroups } from "./add-to-groups.ts";
import { createUser } from "./create-user.ts";
import { parseNewUser, type NewUser } from "./new-user.ts";
import { readSecret } from "./read-secret.ts";
import { requireGroups } from "./require-groups.ts";

/** `users add`: creates a user in the pool of a stage. @returns the exit code */
export async function addUser(args: readonly string[], context: CommandContext): Promise<number> {
  const { name, region } = context.gate.app;
  return addToStage(parseNewUser(args, name), {
    context,
    ssm: new SSMClient({ region }),
    // Sent once: after a lost answer, a second attempt would find the user it had created and take it for somebody else's.
    cognito: new CognitoIdentityProviderClient({ region, maxAttempts: 1 }),
  });
}

export interface AddUserDeps {
  readonly context: CommandContext;
  /** Clients for the home region. */
  readonly ssm: SSMClient;
  readonly cognito: CognitoIdentityProviderClient;
}

/**
 * Creates the user. Every mistake that can be found beforehand is refused before the user exists.
 *
 * @returns the exit code: 1 when the user was created but is not in all groups.
 * @throws {CommandError} (rejects) when the user was not created.
 */
export async function addToStage(
  { stage, username, email, groups, invitation }: NewUser,
  { context, ssm, cognito }: AddUserDeps,
): Promise<number> {
  const { name: app, region } = context.gate.app;
  const outputs = await loadStageOutputs({ app, stage, region, ssm });
  // The outputs also name endpoints: permission to write a parameter must not decide where a password is sent.
  const pool = await verifyUserPool(context.gate, stage, outputs, cognito);
  await requireGroups(pool, stage, groups);
  const temporaryPassword = invitation
    ? undefined
    : await readSecret(`Temporary password for ${username} (not shown): `, context);
  await createUser(pool, { stage, username, email, temporaryPassword });
  const told = invitation
    ? `Cognito mails the invitation with a temporary password to ${email}.`
    : "Nothing was mailed: hand over the temporary password yourself.";
  context.stdout.write(`${username} was created in stage ${stage}. ${told}\n`);
  return addToGroups(pool, username, groups, context);
}
