import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { readForm } from "./form-request.ts";
import { sendEmpty, sendJson } from "./hosted-answers.ts";
import { authenticateOAuthClient } from "./oauth-client.ts";
import { readableAttributes } from "../pool/tokens.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** `/oauth2/userInfo` and `/oauth2/revoke`: what the holder of a token may ask. */
export interface TokenHolderEndpoints {
  readonly userInfo: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly revoke: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

const badUserInfoRequest = {
  error: "invalid_request",
  error_description: "Bad OAuth2 request at UserInfo Endpoint",
};
const deadAccessToken = {
  error: "invalid_token",
  error_description:
    "Access token is expired, disabled, or deleted, or the user has globally signed out.",
};

const withoutOpenId = {
  error: "invalid_token",
  error_description: "Access token does not contain openid scope",
};

export function createTokenHolderEndpoints(options: {
  pool: UserPool;
  explain: Explain;
}): TokenHolderEndpoints {
  const { pool, explain } = options;

  return {
    async userInfo(request, response) {
      const refuse = (status: number, body: typeof badUserInfoRequest, reason: string) => {
        explain("cognito", `/oauth2/userInfo refused: ${reason}`);
        const challenge = `error="${body.error}", error_description="${body.error_description}"`;
        sendJson(response, status, body, { "www-authenticate": challenge });
      };
      const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
      if (token === undefined) return refuse(400, badUserInfoRequest, "there is no bearer token");
      const check = await pool.checkAccessToken(token);
      if (check.kind === "refused")
        return refuse(401, deadAccessToken, `the access token is ${check.why}`);
      const { user, claims } = check;
      const scopes = claims.scope.split(" ");
      if (!scopes.includes("openid"))
        return refuse(401, withoutOpenId, "the access token lacks the scope openid");
      // Attributes are texts here, `email_verified` too, unlike in the ID token.
      sendJson(response, 200, {
        sub: user.sub,
        ...readableAttributes(user, scopes),
        username: user.username,
      });
    },

    async revoke(request, response) {
      const refuse = (status: number, error: string, reason: string) => {
        explain("cognito", `/oauth2/revoke refused: ${error}: ${reason}`);
        sendJson(response, status, { error });
      };
      const fields = await readForm(request);
      if (typeof fields !== "function") {
        if (fields === "too-large") response.setHeader("connection", "close");
        return refuse(
          400,
          "invalid_request",
          "the body is not a URL-encoded form of at most 64 KB",
        );
      }
      const authenticated = authenticateOAuthClient(fields, request.headers.authorization, pool);
      if (authenticated.kind === "refused") {
        const status = authenticated.error === "invalid_client" ? 401 : 400;
        return refuse(status, authenticated.error, authenticated.reason);
      }
      const token = fields("token");
      if (!token) return refuse(400, "invalid_request", "there must be exactly one token");
      if (token.split(".").length === 3) {
        return refuse(400, "unsupported_token_type", "only refresh tokens can be revoked");
      }
      const grant = pool.grants.findByRefreshToken(token);
      if (grant && grant.clientId !== authenticated.client.id) {
        return refuse(400, "invalid_request", "the refresh token belongs to another client");
      }
      if (grant) pool.grants.revoke(grant.originJti);
      sendEmpty(response, 200);
    },
  };
}
