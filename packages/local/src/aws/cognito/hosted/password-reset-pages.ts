import type { ServerResponse } from "node:http";

import { AwsError } from "../../json-api/json-service.ts";
import type { Explain } from "../../explain.ts";
import { parseAuthorizationRequest } from "./authorization-request.ts";
import type { AuthorizationResponses } from "./authorization-response.ts";
import { csrfCookies, csrfTokenOf } from "./csrf-token.ts";
import { sendPage, sendRedirect } from "./hosted-answers.ts";
import { asSentence, forgotPasswordPage, resetPasswordPage } from "./pages.ts";
import { createTakeForm } from "./posted-form.ts";
import type { FormState } from "./posted-form.ts";
import type { Page } from "./sign-in-pages.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** The way from the sign-in form over a code in a mail back to the sign-in form, whose request it keeps. */
export interface PasswordResetPages {
  readonly showForgot: Page;
  readonly postForgot: Page;
  readonly showConfirm: Page;
  readonly postConfirm: Page;
}

/** No user has a longer name, so there is nothing to remember about one. */
const maxUsernameLength = 128;
const stale = "This form was out of date. Please try again.";

export function createPasswordResetPages(options: {
  pool: UserPool;
  responses: AuthorizationResponses;
  origin: string;
  explain: Explain;
}): PasswordResetPages {
  const { pool, responses, origin, explain } = options;
  const takeForm = createTakeForm({ pool, responses, explain, purpose: "new password" });
  const show =
    (page: (form: FormState) => string): Page =>
    async (query, request, response) => {
      const reading = await parseAuthorizationRequest(query, pool);
      if (reading.kind !== "valid") return responses.sendError(response, reading);
      const form = { query, csrf: csrfTokenOf(request) };
      send(response, 200, form, page(form));
    };

  return {
    showForgot: show(forgotPasswordPage),
    showConfirm: show(resetPasswordPage),

    async postForgot(query, request, response) {
      const posted = await takeForm(query, request, response);
      if (posted.kind === "answered") return;
      const { form } = posted;
      const again = (status: number, problem: string) =>
        send(response, status, form, forgotPasswordPage({ ...form, problem }));
      if (posted.kind === "stale") return again(403, stale);
      const username = posted.fields("username") ?? "";
      if (username === "" || username.length > maxUsernameLength)
        return again(400, "Enter your username.");
      const refusal = await refusalOf(() => pool.passwordReset.ask(username));
      if (refusal !== undefined) {
        explain("cognito", `new password refused: ${refusal}`);
        return again(400, asSentence(refusal));
      }
      send(response, 200, form, resetPasswordPage({ ...form, username, sent: true }));
    },

    async postConfirm(query, request, response) {
      const posted = await takeForm(query, request, response);
      if (posted.kind === "answered") return;
      const { form } = posted;
      if (posted.kind === "stale")
        return send(response, 403, form, resetPasswordPage({ ...form, problem: stale }));
      const { fields } = posted;
      const username = fields("username") ?? "";
      const code = (fields("confirmation_code") ?? "").trim();
      const newPassword = fields("new_password") ?? "";
      const refusal =
        newPassword === fields("confirm_password")
          ? await refusalOf(() => pool.passwordReset.confirm(username, code, newPassword))
          : "The two passwords differ";
      if (refusal === undefined) return sendRedirect(response, `${origin}/login?${query}`);
      explain("cognito", `new password refused: ${refusal}`);
      const problem = asSentence(refusal);
      send(response, 400, form, resetPasswordPage({ ...form, username, code, problem }));
    },
  };
}

function send(response: ServerResponse, status: number, form: FormState, html: string): void {
  sendPage(response, status, html, { cookies: csrfCookies(form.csrf) });
}

/** Cognito's own words for a refusal: the same whether or not there is such a user. */
async function refusalOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error.message;
    throw error;
  }
}
