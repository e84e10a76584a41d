import { printableAddress } from "../../without-secrets.ts";
import type { Client } from "../pool/clients.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** What an app asks for when it sends a browser to sign in. */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly responseType: "code" | "token";
  readonly scopes: readonly string[];
  /** Percent-decoded once: Cognito hands it back that way. */
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly prompt: string | undefined;
  /** What the access token is to be bound to (RFC 8707). */
  readonly resource: string | undefined;
}

export type AuthorizationError = "invalid_request" | "unauthorized_client" | "login_required";

export type AuthorizationReading =
  | { readonly kind: "valid"; readonly request: AuthorizationRequest }
  /** The client or its address cannot be believed, so the browser stays on the sign-in domain. */
  | {
      readonly kind: "error-page";
      readonly error: string;
      readonly clientId?: string;
      readonly reason: string;
    }
  /** The address is the client's own, so the error goes there. */
  | {
      readonly kind: "error-redirect";
      readonly redirectUri: string;
      /** As tokens would come: in the fragment for `token`, in the query for everything else. */
      readonly responseType: string | undefined;
      readonly error: AuthorizationError;
      /** What Cognito adds; absent where no words of it are known. */
      readonly description?: string;
      readonly reason: string;
    };

const parameters = [
  "client_id",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
  "nonce",
  "prompt",
  "code_challenge",
  "code_challenge_method",
  "identity_provider",
  "resource",
];

/**
 * Reads the query of `/oauth2/authorize` and `/login`, which take the same.
 *
 * @param query as on the wire, without `?`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
 */
export async function parseAuthorizationRequest(
  query: string,
  pool: UserPool,
): Promise<AuthorizationReading> {
  const asked = new URLSearchParams(query);
  const value = (name: string) => asked.get(name) ?? undefined;
  const clientId = value("client_id");
  const redirectUri = value("redirect_uri");
  if (!clientId || !redirectUri) {
    return {
      kind: "error-page",
      error: "Required parameters missing",
      reason: "client_id and redirect_uri are both needed",
    };
  }
  const errorPage = (error: string, reason: string): AuthorizationReading => ({
    kind: "error-page",
    error,
    clientId,
    reason,
  });
  const repeated = parameters.find((name) => asked.getAll(name).length > 1);
  if (repeated) return errorPage("invalid_request", `${repeated} occurs more than once`);
  const client = await pool.askClient(clientId);
  if ("reason" in client) return errorPage("invalid_request", client.reason);
  const registered = client.callbackUrls;
  if (!registered.includes(redirectUri)) {
    const addresses = registered.length > 0 ? registered.join(", ") : "none";
    return errorPage(
      "redirect_mismatch",
      `redirect_uri is not one of the client's (${addresses}), character by character; received ${printableAddress(redirectUri)}`,
    );
  }
  const state = value("state");
  // What is handed back unencoded must fit into a Location header.
  if (state !== undefined && !/^[\x20-\x7e]*$/.test(state)) {
    return errorPage("invalid_request", "state contains characters that cannot be returned");
  }

  const responseType = value("response_type");
  const refuse = (error: AuthorizationError, reason: string): AuthorizationReading => ({
    kind: "error-redirect",
    redirectUri,
    responseType,
    error,
    reason,
  });
  if (responseType !== "code" && responseType !== "token") {
    return refuse("invalid_request", "response_type must be code or token");
  }
  const flow = responseType === "code" ? "code" : "implicit";
  if (!client.flows.includes(flow))
    return refuse("unauthorized_client", `the client ${client.name} may not use the ${flow} flow`);
  const codeChallenge = value("code_challenge");
  const method = value("code_challenge_method");
  if (codeChallenge !== undefined || method !== undefined) {
    if (method !== "S256") return refuse("invalid_request", "code_challenge_method must be S256");
    if (!/^[\w-]{43}$/.test(codeChallenge ?? "")) {
      return refuse("invalid_request", "code_challenge must be 43 characters of base64url");
    }
  }
  if (client.document !== undefined && codeChallenge === undefined)
    return refuse("invalid_request", "a client by its document needs a code_challenge");
  if ((value("identity_provider") ?? "COGNITO") !== "COGNITO") {
    return refuse("invalid_request", "COGNITO is the pool's only identity provider");
  }
  const resource = value("resource");
  if (resource !== undefined && !isResource(resource))
    return refuse(
      "invalid_request",
      "resource must be an address that begins with https://, http://localhost or a scheme of an app's own, without a fragment",
    );
  const scopes = [...new Set((value("scope") ?? "").split(" ").filter((scope) => scope !== ""))];
  const unknown = scopes.find((scope) => !client.scopes.includes(scope));
  if (unknown !== undefined)
    return {
      kind: "error-redirect",
      redirectUri,
      responseType,
      error: "invalid_request",
      description: "invalid_scope",
      reason: `the client ${client.name} asks for a scope that it is not allowed`,
    };
  return {
    kind: "valid",
    request: {
      client,
      redirectUri,
      responseType,
      scopes: scopes.length > 0 ? scopes : client.scopes,
      state,
      nonce: value("nonce"),
      codeChallenge,
      prompt: value("prompt"),
      resource,
    },
  };
}

/** As Cognito takes it. The app on this machine, whose name ends with `.localhost`, stands for one with https. */
function isResource(resource: string): boolean {
  if (!URL.canParse(resource) || /[#\s]/.test(resource)) return false;
  const { protocol, hostname } = new URL(resource);
  if (protocol !== "http:") return !/^(?:javascript|data|vbscript|file|blob):$/.test(protocol);
  return /^(?:localhost|127\.0\.0\.1|.+\.localhost)$/.test(hostname);
}
