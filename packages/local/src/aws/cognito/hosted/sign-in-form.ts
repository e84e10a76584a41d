import type { ServerResponse } from "node:http";

import { AwsError } from "../../json-api/json-service.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { csrfCookies } from "./csrf-token.ts";
import type { FormFields } from "./form-request.ts";
import { sendPage } from "./hosted-answers.ts";
import { asSentence, newPasswordPage, signInPage } from "./pages.ts";
import type { FormState } from "./posted-form.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { User } from "../pool/users.ts";

/** The form again, for a reason. */
export interface FormRetry {
  readonly status: number;
  /** For the person at the form. */
  readonly problem?: string;
  /** Set when a new password is asked for. */
  readonly session?: string;
  /** For the terminal; absent when nothing was refused. */
  readonly reason?: string;
}

/** Sends the form, with its CSRF token in a cookie and in a hidden field. */
export function sendSignInForm(
  response: ServerResponse,
  asked: AuthorizationRequest,
  form: FormState,
  { status, problem, session }: FormRetry = { status: 200 },
): void {
  const shown = { ...form, ...(problem === undefined ? {} : { problem }) };
  sendPage(
    response,
    status,
    session === undefined ? signInPage(shown) : newPasswordPage({ ...shown, session }),
    {
      formTarget: asked.redirectUri,
      cookies: csrfCookies(form.csrf),
    },
  );
}

/** @returns the user who signed in, the form to show instead, or `reset-required` when a code must be used first. */
export async function checkSignInForm(
  fields: FormFields,
  { client }: AuthorizationRequest,
  pool: UserPool,
): Promise<User | FormRetry | "reset-required"> {
  const session = fields("session");
  if (session !== undefined) {
    const newPassword = fields("new_password") ?? "";
    if (newPassword !== fields("confirm_password")) {
      return {
        status: 400,
        problem: "The two passwords differ.",
        session,
        reason: "the two new passwords differ",
      };
    }
    try {
      const user = await pool.answerChallenge(session, client, newPassword);
      const problem = "That took too long. Sign in again with the temporary password.";
      return (
        user ?? { status: 400, problem, reason: "this session does not ask for a new password" }
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: 400, problem: asSentence(error.message), session, reason: error.message };
    }
  }
  const check = await pool.users.checkPassword(fields("username") ?? "", fields("password") ?? "");
  if (check.kind === "signed-in") return check.user;
  if (check.kind === "new-password-required") {
    const challenge = pool.challenges.issue({ username: check.user.username, clientId: client.id });
    return { status: 200, session: challenge };
  }
  if (check.why === "reset required") return "reset-required";
  // One sentence for every cause but a lockout, which names that nobody has meet too: the page does not reveal who has an
  // account.
  const problem =
    check.why === "locked out" ? "Password attempts exceeded." : "Incorrect username or password.";
  return { status: 400, problem, reason: check.why };
}
