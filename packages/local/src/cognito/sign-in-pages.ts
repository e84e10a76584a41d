import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../explain.ts";
import { parseAuthorizationRequest } from "./authorization-request.ts";
import type { AuthorizationResponses } from "./authorization-response.ts";
import { readForm } from "./form-request.ts";
import { sendEmpty, sendRedirect } from "./hosted-answers.ts";
import type { HostedSessions } from "./hosted-sessions.ts";
import { checkSignInForm, csrfMatches, csrfTokenOf, sendSignInForm } from "./sign-in-form.ts";
import type { UserPool } from "./user-pool.ts";

type Page = (query: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

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

  return {
    async authorize(query, request, response) {
      const reading = parseAuthorizationRequest(query, pool);
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
      const reading = parseAuthorizationRequest(query, pool);
      if (reading.kind !== "valid") return responses.sendError(response, reading);
      sendSignInForm(response, reading.request, { query, csrf: csrfTokenOf(request) });
    },

    async postForm(query, request, response) {
      const fields = await readForm(request);
      if (typeof fields !== "function") {
        const tooLarge = fields === "too-large";
        explain(
          "cognito",
          `sign-in refused: the form is ${tooLarge ? "over 64 KB" : "not URL-encoded"}`,
        );
        if (tooLarge) response.setHeader("connection", "close");
        return sendEmpty(response, tooLarge ? 413 : 405);
      }
      const reading = parseAuthorizationRequest(query, pool);
      if (reading.kind !== "valid") return responses.sendError(response, reading);
      const asked = reading.request;
      const form = { query, csrf: csrfTokenOf(request) };
      if (!csrfMatches(request, fields)) {
        explain(
          "cognito",
          "sign-in refused: _csrf does not repeat the cookie XSRF-TOKEN; load the form first",
        );
        const problem = "This form was out of date. Please sign in again.";
        return sendSignInForm(response, asked, form, { status: 403, problem });
      }
      const checked = await checkSignInForm(fields, asked, pool);
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
