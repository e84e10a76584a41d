import { isSecretOf } from "../pool/client-secret.ts";
import { noSuchClient } from "../pool/clients.ts";
import type { Client } from "../pool/clients.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { FormFields } from "./form-request.ts";

export type OAuthClient =
  | { readonly kind: "client"; readonly client: Client }
  | {
      readonly kind: "refused";
      readonly error: "invalid_request" | "invalid_client";
      readonly description?: string;
      readonly reason: string;
    };

/** Finds out which client calls: by `Authorization: Basic`, or by `client_id` and `client_secret` in the form. */
export function authenticateOAuthClient(
  fields: FormFields,
  authorization: string | undefined,
  { clients, findClient }: Pick<UserPool, "clients" | "findClient">,
): OAuthClient {
  const basic = authorization === undefined ? undefined : parseBasic(authorization);
  if (authorization !== undefined && !basic)
    return refuse("invalid_request", "Authorization is not Basic <id>:<secret>");
  const idInForm = fields("client_id");
  if (basic && idInForm !== undefined && idInForm !== basic.id) {
    return refuse("invalid_request", "Authorization and client_id name two clients");
  }
  const id = basic?.id ?? idInForm;
  if (!id) return refuse("invalid_request", "there is no client_id");
  const client = findClient(id);
  if (!client) return refuse("invalid_client", noSuchClient(clients));
  const secret = basic?.secret ?? fields("client_secret");
  if (isSecretOf(client, secret === "" ? undefined : secret)) return { kind: "client", client };
  const reason = `the client ${client.name} ${client.secrets.length === 0 ? "has no secret, and one was sent" : "needs its secret, and it is missing or wrong"}`;
  return { kind: "refused", error: "invalid_client", description: "invalid_client_secret", reason };
}

function parseBasic(authorization: string): { id: string; secret: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function refuse(error: "invalid_request" | "invalid_client", reason: string): OAuthClient {
  return { kind: "refused", error, reason };
}
