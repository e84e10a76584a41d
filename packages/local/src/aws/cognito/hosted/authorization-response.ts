import type { ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import type { AuthorizationReading, AuthorizationRequest } from "./authorization-request.ts";
import type { Codes } from "../pool/codes.ts";
import { sendRedirect } from "./hosted-answers.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { User } from "../pool/users.ts";

/** How a sign-in ends: back at the app, or on the domain's own error page. */
export interface AuthorizationResponses {
  /** @returns the app's address with what it asked for: a code, or tokens in the fragment. */
  readonly success: (asked: AuthorizationRequest, user: User, authTime: number) => Promise<string>;
  readonly sendError: (
    response: ServerResponse,
    reading: Exclude<AuthorizationReading, { kind: "valid" }>,
  ) => void;
}

export function createAuthorizationResponses(options: {
  pool: UserPool;
  codes: Codes;
  origin: string;
  explain: Explain;
}): AuthorizationResponses {
  const { pool, codes, origin, explain } = options;
  return {
    async success(asked, user, authTime) {
      const { client, redirectUri, scopes, nonce, codeChallenge, resource } = asked;
      // Unencoded on purpose: Cognito decodes the state and does not encode it again.
      const state = asked.state === undefined ? "" : `&state=${asked.state}`;
      if (asked.responseType === "code") {
        const { sub } = user;
        const code = codes.issue({
          clientId: client.id,
          redirectUri,
          scopes,
          sub,
          nonce,
          codeChallenge,
          authTime,
          resource,
        });
        return withQuery(redirectUri, `code=${code}${state}`);
      }
      const { grant } = pool.grants.open({
        client,
        user,
        scopes,
        by: "hosted",
        authTime,
        resource,
      });
      const { id, access, expiresInSeconds } = await pool.tokens.forUser({
        user,
        client,
        grant,
        nonce,
      });
      const idToken = id === undefined ? "" : `id_token=${id}&`;
      return `${redirectUri}#${idToken}access_token=${access}&token_type=bearer&expires_in=${expiresInSeconds}${state}`;
    },

    sendError(response, reading) {
      explain("cognito", `sign-in refused: ${reading.reason}`);
      if (reading.kind === "error-redirect") {
        const { redirectUri, responseType, error, description } = reading;
        const said = description === undefined ? "" : `error_description=${description}&`;
        const answer = `${said}error=${error}`;
        return sendRedirect(
          response,
          responseType === "token" ? `${redirectUri}#${answer}` : withQuery(redirectUri, answer),
        );
      }
      const query = new URLSearchParams({ error: reading.error });
      if (reading.clientId !== undefined) query.set("client_id", reading.clientId);
      sendRedirect(response, `${origin}/error?${query.toString()}`);
    },
  };
}

/** A registered address may already have a query. */
function withQuery(redirectUri: string, query: string): string {
  return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`;
}
