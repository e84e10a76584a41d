import type { IncomingMessage, ServerResponse } from "node:http";

import type { UserPool } from "../pool/user-pool.ts";

/** Single-page apps set up by the issuer alone read both documents. */
const readableByScripts = { "access-control-allow-origin": "*" };

/**
 * Serves `/<poolId>/.well-known/jwks.json` and `/<poolId>/.well-known/openid-configuration` under the host of either of
 * the pool's issuers; the description names the one that tokens bear.
 *
 * The addresses in it are Cognito's real ones: what reads them here is the guard, whose network leads back to the stack.
 */
export function createKeySetListener(
  pool: UserPool,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const domain = `https://${pool.domainHost}`;
  const configuration = () => ({
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ["RS256"],
    issuer: pool.issuer(),
    jwks_uri: `${pool.issuer()}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  });
  const documents = new Map<string, () => unknown>([
    [`/${pool.id}/.well-known/jwks.json`, () => pool.keySet()],
    [`/${pool.id}/.well-known/openid-configuration`, configuration],
  ]);

  return async (request, response) => {
    request.resume();
    const [path = ""] = (request.url ?? "").split("?", 1);
    const document = documents.get(path);
    if (!document || request.method !== "GET") {
      response.writeHead(document ? 405 : 404, { "content-type": "text/plain" });
      response.end(document ? "Method Not Allowed" : "Not Found");
      return;
    }
    response.writeHead(200, { "content-type": "application/json", ...readableByScripts });
    response.end(JSON.stringify(document()));
  };
}
