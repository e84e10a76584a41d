import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { parseAuthorizationRequest } from "./authorization-request.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import type { AuthorizationResponses } from "./authorization-response.ts";
import { csrfMatches, csrfTokenOf } from "./csrf-token.ts";
import { readForm } from "./form-request.ts";
import type { FormFields } from "./form-request.ts";
import { sendEmpty } from "./hosted-answers.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** What a form needs to be shown again. */
export interface FormState {
  /** The sign-in request, as on the wire: every form of the domain hands it on. */
  readonly query: string;
  readonly csrf: string;
}

export type PostedForm =
  | {
      readonly kind: "posted";
      readonly asked: AuthorizationRequest;
      readonly form: FormState;
      readonly fields: FormFields;
    }
  /** The form may come from another site's page, so its fields are not even shown. */
  | { readonly kind: "stale"; readonly asked: AuthorizationRequest; readonly form: FormState }
  /** It could not be read, and the answer is on its way. */
  | { readonly kind: "answered" };

/** Takes a form that was posted to a page of the domain, with the sign-in request in its query. */
export type TakeForm = (
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<PostedForm>;

/** @param options.purpose what the terminal calls the attempt. */
export function createTakeForm(options: {
  pool: UserPool;
  responses: AuthorizationResponses;
  explain: Explain;
  purpose: "sign-in" | "new password";
}): TakeForm {
  const { pool, responses, explain, purpose } = options;
  return async (query, request, response) => {
    const fields = await readForm(request);
    if (typeof fields !== "function") {
      const tooLarge = fields === "too-large";
      explain(
        "cognito",
        `${purpose} refused: the form is ${tooLarge ? "over 64 KB" : "not URL-encoded"}`,
      );
      if (tooLarge) response.setHeader("connection", "close");
      sendEmpty(response, tooLarge ? 413 : 405);
      return { kind: "answered" };
    }
    const reading = await parseAuthorizationRequest(query, pool);
    if (reading.kind !== "valid") {
      responses.sendError(response, reading);
      return { kind: "answered" };
    }
    const asked = reading.request;
    const form = { query, csrf: csrfTokenOf(request) };
    if (csrfMatches(request, fields)) return { kind: "posted", asked, form, fields };
    explain(
      "cognito",
      `${purpose} refused: _csrf does not repeat the cookie XSRF-TOKEN; load the form first`,
    );
    return { kind: "stale", asked, form };
  };
}
