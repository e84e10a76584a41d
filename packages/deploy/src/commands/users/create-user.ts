import {
  AdminCreateUserCommand,
  CognitoIdentityProviderServiceException as CognitoException,
} from "@aws-sdk/client-cognito-identity-provider";

import { explainAwsFailure } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../user-pool.ts";

export interface UserToCreate {
  readonly stage: string;
  readonly username: string;
  readonly email: string | undefined;
  /** Absent: Cognito makes one and mails it. */
  readonly temporaryPassword: string | undefined;
}

/**
 * Creates the user, or changes nothing.
 *
 * @throws {CommandError} (rejects) that says whether the user exists now. It never holds the password.
 */
export async function createUser(
  { userPoolId, client }: UserPool,
  { stage, username, email, temporaryPassword }: UserToCreate,
): Promise<void> {
  const command = new AdminCreateUserCommand({
    UserPoolId: userPoolId,
    Username: username,
    ...(email === undefined
      ? {}
      : {
          UserAttributes: [
            { Name: "email", Value: email },
            { Name: "email_verified", Value: "true" },
          ],
        }),
    ...(temporaryPassword === undefined
      ? { DesiredDeliveryMediums: ["EMAIL"] }
      : { MessageAction: "SUPPRESS", TemporaryPassword: temporaryPassword }),
  });
  try {
    await client.send(command);
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (name === "UsernameExistsException") {
      throw new CommandError(
        `Stage ${stage} has a user ${username} already, or one with this e-mail address. Nothing was changed.`,
      );
    }
    if (name === "AliasExistsException") {
      throw new CommandError(
        `Another user of stage ${stage} has the address ${email}. Nothing was changed.`,
      );
    }
    const why = withoutPassword(explainAwsFailure(error), temporaryPassword);
    // A mail that could not be sent, a fault of AWS or a lost answer: the user may be there.
    const refused =
      error instanceof CognitoException &&
      error.$fault === "client" &&
      name !== "CodeDeliveryFailureException";
    const state = refused
      ? "Nothing was changed."
      : `It is not certain whether the user was created: run the command again to find out.`;
    throw new CommandError(`${username} could not be created in stage ${stage}: ${why} ${state}`);
  }
}

/** In case AWS ever quotes what it refuses. */
function withoutPassword(text: string, password: string | undefined): string {
  return password === undefined ? text : text.replaceAll(password, "(the password)");
}
