import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { printableAddress } from "../../without-secrets.ts";
import { sameSecret } from "../pool/client-secret.ts";
import type { Client } from "../pool/clients.ts";
import type { CodeGrant, Codes } from "../pool/codes.ts";
import { readForm } from "./form-request.ts";
import type { FormFields } from "./form-request.ts";
import { sendEmpty, sendJson } from "./hosted-answers.ts";
import { authenticateOAuthClient } from "./oauth-client.ts";
import type { UserPool } from "../pool/user-pool.ts";

type TokenAnswer =
  | { readonly kind: "tokens"; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly kind: "refused";
      readonly error: string;
      readonly description?: string;
      readonly reason: string;
    };

/** Browser code of public clients reads the answer, as it does at Cognito; no credentials are involved. */
const readableByScripts = { "access-control-allow-origin": "*" };

/**
 * `POST /oauth2/token`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function createTokenEndpoint(options: {
  pool: UserPool;
  codes: Codes;
  explain: Explain;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { pool, codes, explain } = options;

  return async (request, response) => {
    const fields = await readForm(request);
    if (fields === "other" || fields === "too-large") {
      explain(
        "cognito",
        `/oauth2/token refused: the body is ${fields === "other" ? "not URL-encoded" : "over 64 KB"}`,
      );
      if (fields === "too-large") response.setHeader("connection", "close");
      return sendEmpty(response, fields === "other" ? 405 : 413);
    }
    const answer =
      fields === "json"
        ? refuse("invalid_request", "the body is JSON; it must be URL-encoded")
        : await exchange(fields, request.headers.authorization, pool, codes);
    if (answer.kind === "tokens") return sendJson(response, 200, answer.body, readableByScripts);
    explain("cognito", `/oauth2/token refused: ${answer.error}: ${answer.reason}`);
    const { error, description } = answer;
    sendJson(response, 400, { error, error_description: description }, readableByScripts);
  };
}

async function exchange(
  fields: FormFields,
  authorization: string | undefined,
  pool: UserPool,
  codes: Codes,
): Promise<TokenAnswer> {
  const grantType = fields("grant_type");
  if (grantType === undefined)
    return refuse("invalid_request", "there must be exactly one grant_type");
  const authenticated = authenticateOAuthClient(fields, authorization, pool);
  if (authenticated.kind === "refused") return authenticated;
  const { client } = authenticated;
  switch (grantType) {
    case "authorization_code":
      return exchangeCode(fields, client, pool, codes);
    case "refresh_token":
      return refresh(fields, client, pool);
    case "client_credentials":
      return issueToMachine(fields, client, pool);
    default:
      return refuse(
        "unsupported_grant_type",
        "grant_type must be authorization_code, refresh_token or client_credentials",
      );
  }
}

async function exchangeCode(
  fields: FormFields,
  client: Client,
  pool: UserPool,
  codes: Codes,
): Promise<TokenAnswer> {
  if (!client.flows.includes("code"))
    return refuse("unauthorized_client", `${client.name} may not use the code flow`);
  const code = fields("code");
  const redirectUri = fields("redirect_uri");
  if (!code || !redirectUri)
    return refuse("invalid_request", "code and redirect_uri are both needed");
  // One attempt uses the code up, whether it succeeds or not.
  const redemption = codes.redeem(code);
  if (redemption.kind === "refused") return refuse("invalid_grant", codeRefusals[redemption.why]);
  const granted = redemption.value;
  if (granted.clientId !== client.id)
    return refuse("invalid_grant", "the code was issued to another client");
  if (granted.redirectUri !== redirectUri)
    return refuse(
      "invalid_grant",
      `redirect_uri is not the one that the sign-in used (${granted.redirectUri}); received ${printableAddress(redirectUri)}`,
    );
  const pkceProblem = checkVerifier(granted, fields("code_verifier"));
  if (pkceProblem) return refuse("invalid_grant", pkceProblem);
  const user = pool.users.findBySub(granted.sub);
  if (!user?.enabled) return refuse("invalid_grant", "the user is disabled or deleted");

  const { scopes, authTime, nonce, resource } = granted;
  if (isOther(fields, resource)) return otherResource();
  const { grant, refreshToken } = pool.grants.open({
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
  return tokens({
    id_token: id,
    access_token: access,
    refresh_token: client.document?.refreshes === false ? undefined : refreshToken,
    expires_in: expiresInSeconds,
  });
}

const codeRefusals = {
  unknown: "the code is unknown: this run of the stack did not issue it",
  used: "the code was already used; a single attempt uses it up, successful or not",
  expired: "the code is older than 5 minutes",
} as const;

function checkVerifier(
  { codeChallenge }: CodeGrant,
  verifier: string | undefined,
): string | undefined {
  if (codeChallenge === undefined) {
    return verifier === undefined
      ? undefined
      : "there is a code_verifier, but the sign-in had no code_challenge";
  }
  if (verifier === undefined) return "the sign-in had a code_challenge, so code_verifier is needed";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const wellFormed = /^[\w.~-]{43,128}$/.test(verifier);
  return wellFormed && sameSecret(challenge, codeChallenge)
    ? undefined
    : "code_verifier does not match the code_challenge";
}

async function refresh(fields: FormFields, client: Client, pool: UserPool): Promise<TokenAnswer> {
  if (!client.flows.includes("code"))
    return refuse("unauthorized_client", `${client.name} gets no refresh tokens`);
  const refreshToken = fields("refresh_token");
  if (!refreshToken) return refuse("invalid_request", "there must be exactly one refresh_token");
  if (isOther(fields, pool.grants.findByRefreshToken(refreshToken)?.resource))
    return otherResource();
  const refreshed = await pool.refresh(refreshToken, client);
  if (refreshed.kind === "refused")
    return refuse("invalid_grant", `the refresh token is refused: ${refreshed.why}`);
  const { id, access, expiresInSeconds } = refreshed.tokens;
  return tokens({
    id_token: id,
    access_token: access,
    refresh_token: refreshed.successor,
    expires_in: expiresInSeconds,
  });
}

async function issueToMachine(
  fields: FormFields,
  client: Client,
  pool: UserPool,
): Promise<TokenAnswer> {
  if (!client.flows.includes("client_credentials")) {
    return refuse("unauthorized_client", `${client.name} may not use client_credentials`);
  }
  const custom = client.scopes.filter((scope) => pool.options.resourceServerScopes.includes(scope));
  const asked = [...new Set((fields("scope") ?? "").split(" ").filter((scope) => scope !== ""))];
  if (asked.some((scope) => !pool.knownScopes.includes(scope))) {
    return refuse("invalid_scope", "no resource server has any of the requested scopes");
  }
  const scopes = asked.length > 0 ? asked : custom;
  if (scopes.length === 0 || scopes.some((scope) => !custom.includes(scope))) {
    return refuse("invalid_grant", `${client.name} may ask for ${custom.join(" ") || "no scope"}`);
  }
  const { access, expiresInSeconds } = await pool.tokens.forMachine(client, scopes);
  return tokens({ access_token: access, expires_in: expiresInSeconds });
}

/** Whether a resource is named (RFC 8707) that is not the one of the sign-in. */
function isOther(fields: FormFields, resource: string | undefined): boolean {
  const named = fields("resource");
  return named !== undefined && named !== resource;
}

function otherResource(): TokenAnswer {
  return refuse("invalid_target", "resource is not the one that the sign-in was for");
}

function tokens(body: Readonly<Record<string, unknown>>): TokenAnswer {
  return { kind: "tokens", body: { ...body, token_type: "Bearer" } };
}

function refuse(error: string, reason: string): TokenAnswer {
  return { kind: "refused", error, reason };
}
