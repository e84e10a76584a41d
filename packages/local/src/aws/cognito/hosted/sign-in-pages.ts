import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { parseAuthorizationRequest } from "./authorization-request.ts";
import type { AuthorizationResponses } from "./authorization-response.ts";
import { csrfTokenOf } from "./csrf-token.ts";
import { sendRedirect } from "./hosted-answers.ts";
import type { HostedSessions } from "./hosted-sessions.ts";
import { createTakeForm } from "./posted-form.ts";
import { checkSignInForm, sendSignInForm } from "./sign-in-form.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** A page of the domain, with the sign-in request in its query. */
export type Page = (
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** The way of a browser from `/oauth2/authorize` through `/login` back to the app. */
export interface SignInPages {
  readonly authorize: Page;
  readonly showForm: Page;
  readonly postForm: Page;
}

export function createSignInPages(options: {
  pool: UserPool;
  sessions: HostedSessions;
  responses: AuthorizationResponses;
  origin: string;
  explain: Explain;
}): SignInPages {
  const { pool, sessions, responses, origin, explain } = options;
  const takeForm = createTakeForm({ pool, responses, explain, purpose: "sign-in" });

  return {
    async authorize(query, request, response) {
      const reading = await parseAuthorizationRequest(query, pool);
      if (reading.kind !== "valid") return responses.sendError(response, reading);
      const asked = reading.request;
      const session = asked.prompt === "login" ? undefined : sessions.find(request);
      const user = session && pool.users.findBySub(session.sub);
      if (session && user?.enabled) {
        return sendRedirect(response, await responses.success(asked, user, session.authTime));
      }
      if (asked.prompt === "none") {
        const reason = "prompt=none, and nobody is signed in";
        return responses.sendError(response, {
          ...asked,
          kind: "error-redirect",
          error: "login_required",
          reason,
        });
      }
      sendRedirect(response, `${origin}/login?${query}`);
    },

    async showForm(query, request, response) {
      const reading = await parseAuthorizationRequest(query, pool);
      if (reading.kind !== "valid") return responses.sendError(response, reading);
      sendSignInForm(response, reading.request, { query, csrf: csrfTokenOf(request) });
    },

    async postForm(query, request, response) {
      const posted = await takeForm(query, request, response);
      if (posted.kind === "answered") return;
      const { asked, form } = posted;
      if (posted.kind === "stale") {
        const problem = "This form was out of date. Please sign in again.";
        return sendSignInForm(response, asked, form, { status: 403, problem });
      }
      const checked = await checkSignInForm(posted.fields, asked, pool);
      if (checked === "reset-required") {
        explain(
          "cognito",
          "sign-in refused: the user must first reset the password with the mailed code",
        );
        return sendRedirect(response, `${origin}/confirmForgotPassword?${query}`);
      }
      if (!("sub" in checked)) {
        if (checked.reason !== undefined) explain("cognito", `sign-in refused: ${checked.reason}`);
        return sendSignInForm(response, asked, form, checked);
      }
      const authTime = Math.floor(pool.clock.now() / 1000);
      const cookie = sessions.start({ sub: checked.sub, authTime });
      sendRedirect(response, await responses.success(asked, checked, authTime), [cookie]);
    },
  };
}
