import { redirectUrlProblem } from "@sst-gatehouse/blueprint/callback-urls";
import { isRecord, type JsonRecord } from "@sst-gatehouse/blueprint/is-record";

import { DocumentRefused } from "./fetch-document.ts";

/** What a client says of itself, as far as a sign-in goes by it. */
export interface ClientDocument {
  /** Compared character by character. */
  readonly redirectUris: readonly string[];
  /** Whether it wants refresh tokens. */
  readonly refreshes: boolean;
  /** What it may ask for at most; absent: what the app client may. */
  readonly scopes: readonly string[] | undefined;
}

/** Members of a JSON Web Key that are private, or the key itself. */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/**
 * Reads a client-id metadata document.
 *
 * @param url the client's id, by which the document was fetched.
 * @throws {DocumentRefused} for one that says something else of itself, or is no public client with the code grant.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-4
 */
export function parseDocument(text: string, url: string): ClientDocument {
  const document = parseJson(text);
  const refuse = (code: string, why: string): never => {
    throw new DocumentRefused(`document_${code}`, why);
  };
  if (document["client_id"] !== url)
    refuse("client_id", "its client_id is not the address that it was fetched from");
  // RFC 7591: what is left out is client_secret_basic, which no document can have.
  if (document["token_endpoint_auth_method"] !== "none")
    refuse(
      "auth_method",
      "its token_endpoint_auth_method is not none: Cognito takes public clients alone",
    );
  if ("client_secret" in document || "client_secret_expires_at" in document)
    refuse("secret", "it has a client secret, which everybody can read");
  if (hasPrivateKey(document["jwks"])) refuse("secret", "its jwks has a private key");
  const grantTypes = listed(document["grant_types"] ?? ["authorization_code"]);
  const responseTypes = listed(document["response_types"] ?? ["code"]);
  if (!grantTypes?.includes("authorization_code") || !responseTypes?.includes("code"))
    refuse("grant_types", "its grant_types or response_types leave out the code grant");
  const redirectUris = listed(document["redirect_uris"]) ?? [];
  const wrong = redirectUris.map(redirectUrlProblem).find((problem) => problem !== undefined);
  if (redirectUris.length === 0 || wrong !== undefined)
    refuse("redirect_uris", `its redirect_uris are not a list of addresses: ${wrong ?? "none"}`);
  const { scope } = document;
  if (scope !== undefined && typeof scope !== "string") refuse("scope", "its scope is not text");
  return {
    redirectUris,
    refreshes: grantTypes?.includes("refresh_token") === true,
    scopes: typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : undefined,
  };
}

function parseJson(text: string): JsonRecord {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new DocumentRefused("document_json", "it is not a JSON object");
}

function listed(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === "string")
    ? value
    : undefined;
}

function hasPrivateKey(jwks: unknown): boolean {
  const keys: unknown = isRecord(jwks) ? jwks["keys"] : undefined;
  return (
    Array.isArray(keys) &&
    keys.some((key) => isRecord(key) && privateMembers.some((member) => member in key))
  );
}
