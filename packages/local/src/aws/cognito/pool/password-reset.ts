import { createHmac, randomBytes } from "node:crypto";

import { AwsError } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";
import type { Explain } from "../../explain.ts";
import { requireAcceptablePassword } from "./passwords.ts";
import { createResetCodes } from "./reset-codes.ts";
import type { User, Users } from "./users.ts";

/**
 * A forgotten password: a code by mail, and a new password for the code. Nothing reveals who has an account: Cognito calls
 * that `PreventUserExistenceErrors`.
 */
export interface PasswordReset {
  /**
   * Mails a code, if there is a user to mail it to.
   *
   * @returns the address as `a***@e***`, an invented one when there is none.
   * @throws {AwsError} LimitExceededException
   */
  ask(username: string): string;
  /** @throws {AwsError} InvalidPasswordException, CodeMismatchException, ExpiredCodeException, LimitExceededException */
  confirm(username: string, code: string, newPassword: string): Promise<void>;
  /**
   * Makes the user choose a new password by a code, which is mailed.
   *
   * @throws {AwsError} UserNotFoundException, NotAuthorizedException, InvalidParameterException, LimitExceededException
   */
  require(username: string): void;
}

export function createPasswordReset(options: {
  users: Users;
  clock: Clock;
  explain: Explain;
}): PasswordReset {
  const { users, clock, explain } = options;
  const codes = createResetCodes(clock);
  const inventionKey = randomBytes(32);

  /** No mail leaves the machine, so the terminal is the mailbox. */
  const mailCode = (username: string, user: User | undefined): void => {
    const code = codes.issue(username, user?.sub);
    if (code === undefined) throw attemptLimit();
    if (user) {
      const to = masked(user.attributes.get("email") ?? "");
      explain("cognito", `would be mailed to ${to}: the password reset code is ${code}`);
    }
  };

  return {
    ask(username) {
      const user = users.find(username);
      const obstacle = user ? obstacleFor(user) : "no such user";
      mailCode(username, obstacle === undefined ? user : undefined);
      if (obstacle !== undefined) {
        explain("cognito", `no password reset code is mailed: ${obstacle}`);
      }
      return masked(user?.attributes.get("email") ?? inventedAddress(username, inventionKey));
    },

    async confirm(username, code, newPassword) {
      // First, so that a password that is too weak does not use the code up.
      requireAcceptablePassword(newPassword);
      const user = users.find(username);
      const able = user && obstacleFor(user) === undefined ? user : undefined;
      const check = codes.redeem(username, able?.sub, code);
      if (check === "too many tries") throw attemptLimit();
      if (check === "expired") {
        throw new AwsError(
          "ExpiredCodeException",
          "Invalid code provided, please request a code again.",
        );
      }
      if (check === "wrong" || !able) {
        throw new AwsError(
          "CodeMismatchException",
          "Invalid verification code provided, please try again.",
        );
      }
      await users.setPassword(able.username, newPassword, "CONFIRMED");
    },

    require(username) {
      const user = users.get(username);
      if (user.status !== "CONFIRMED" && user.status !== "RESET_REQUIRED") {
        throw new AwsError(
          "NotAuthorizedException",
          "User password cannot be reset in the current state.",
        );
      }
      if (!hasVerifiedEmail(user)) {
        throw new AwsError(
          "InvalidParameterException",
          "Cannot reset password for the user as there is no registered/verified email or phone_number",
        );
      }
      mailCode(username, user);
      users.update(username, { status: "RESET_REQUIRED" });
    },
  };
}

/** Why no code is mailed to a user, for the terminal. */
function obstacleFor(user: User): string | undefined {
  if (!user.enabled) return "disabled";
  if (user.status === "UNCONFIRMED") return "unconfirmed";
  if (user.status === "FORCE_CHANGE_PASSWORD") return "the temporary password is still in use";
  return hasVerifiedEmail(user) ? undefined : "no verified e-mail address";
}

function hasVerifiedEmail({ attributes }: User): boolean {
  return attributes.has("email") && attributes.get("email_verified") === "true";
}

function attemptLimit(): AwsError {
  return new AwsError(
    "LimitExceededException",
    "Attempt limit exceeded, please try after some time.",
  );
}

function masked(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email.charAt(0)}***@${email.charAt(at + 1)}***`;
}

/** The same at every call, as a real address would be. */
function inventedAddress(username: string, key: Buffer): string {
  const digest = createHmac("sha256", key).update(username.toLowerCase()).digest();
  const letter = (index: number) => String.fromCharCode(97 + ((digest[index] ?? 0) % 26));
  return `${letter(0)}@${letter(1)}`;
}
