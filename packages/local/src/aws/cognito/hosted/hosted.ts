import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { createAuthorizationResponses } from "./authorization-response.ts";
import { createCodes } from "../pool/codes.ts";
import { sendEmpty, sendPage } from "./hosted-answers.ts";
import { createHostedSessions } from "./hosted-sessions.ts";
import { createLogout } from "./logout.ts";
import { errorPage } from "./pages.ts";
import { createPasswordResetPages } from "./password-reset-pages.ts";
import { createSignInPages } from "./sign-in-pages.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";
import { createTokenHolderEndpoints } from "./token-holder-endpoints.ts";
import type { UserPool } from "../pool/user-pool.ts";

type Route = (
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

/** Sentences for the errors that the domain itself shows; a text from the address bar is never one of them. */
const errorSentences = new Map([
  ["redirect_mismatch", "The address to return to is not registered for this app client."],
  ["invalid_request", "The sign-in request is not valid, or its app client does not exist."],
  ["Required parameters missing", "Required parameters are missing."],
]);

/**
 * The hosted sign-in domain: OAuth endpoints and pages.
 *
 * @param options.origin where browsers reach it, without a trailing slash.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
 */
export function createHosted(options: {
  pool: UserPool;
  origin: string;
  explain: Explain;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { pool, origin, explain } = options;
  const codes = createCodes(pool.clock);
  const sessions = createHostedSessions(pool.clock);
  const responses = createAuthorizationResponses({ pool, codes, origin, explain });
  const { authorize, showForm, postForm } = createSignInPages({
    pool,
    sessions,
    responses,
    origin,
    explain,
  });
  const { showForgot, postForgot, showConfirm, postConfirm } = createPasswordResetPages({
    pool,
    responses,
    origin,
    explain,
  });
  const token = createTokenEndpoint({ pool, codes, explain });
  const { userInfo, revoke } = createTokenHolderEndpoints({ pool, explain });

  const routes: Readonly<Record<string, Route>> = {
    "GET /oauth2/authorize": authorize,
    "GET /login": showForm,
    "POST /login": postForm,
    "GET /forgotPassword": showForgot,
    "POST /forgotPassword": postForgot,
    "GET /confirmForgotPassword": showConfirm,
    "POST /confirmForgotPassword": postConfirm,
    "POST /oauth2/token": (_query, request, response) => token(request, response),
    "GET /oauth2/userInfo": (_query, request, response) => userInfo(request, response),
    "POST /oauth2/revoke": (_query, request, response) => revoke(request, response),
    "GET /logout": createLogout({ pool, sessions, origin, explain }),
    "GET /error": showError,
  };

  return async (request, response) => {
    const target = request.url ?? "";
    const question = target.indexOf("?");
    const path = question < 0 ? target : target.slice(0, question);
    const query = question < 0 ? "" : target.slice(question + 1);
    const key = `${request.method} ${path}`;
    const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
    if (route) return route(query, request, response);
    request.resume();
    const known = Object.keys(routes).some((each) => each.endsWith(` ${path}`));
    explain(
      "cognito",
      `the sign-in domain has no ${known ? `${request.method} for this path` : "such path"}`,
    );
    sendEmpty(response, known ? 405 : 404);
  };
}

function showError(query: string, _request: IncomingMessage, response: ServerResponse): void {
  const sentence = errorSentences.get(new URLSearchParams(query).get("error") ?? "");
  sendPage(
    response,
    400,
    errorPage(sentence ?? "An error was encountered with the requested page."),
  );
}
