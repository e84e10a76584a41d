import { GuardError } from "@sst-gatehouse/core/errors";
import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import { webClient } from "./events.ts";

export const alice = {
  kind: "user",
  sub: "sub-of-alice",
  username: "alice",
  groups: [],
  scopes: [],
} as const;

/** What is known of alice's access token. */
export const session: VerifiedToken = {
  caller: { ...alice, groups: [], scopes: [] },
  tokenUse: "access",
  clientId: webClient,
  issuer: "https://issuer.example",
  kid: "kid",
  sub: "sub-of-alice",
  expiresAt: 1_800_003_600,
  issuedAt: 1_800_000_000,
  authTime: 1_800_000_000,
};

/** Tokens by what they are called here, and what verifying each comes to. As a bearer's they begin as tokens do: `eyJ`. */
export type KnownTokens = Readonly<Record<string, VerifiedToken | Error>>;

export const refused: KnownTokens = {
  expired: new GuardError("token_expired", "The token has expired."),
  revoked: new GuardError("token_revoked", "The sign-in was ended."),
  keyless: new GuardError("keys_unavailable", "No keys."),
};

/** Verifies these tokens and no others, and keeps which it was asked about. */
export function verifierOf(tokens: KnownTokens) {
  const asked: string[] = [];
  const verifyToken = async (token: string): Promise<VerifiedToken> => {
    asked.push(token);
    const found =
      tokens[token.replace(/^eyJ/, "")] ?? new GuardError("token_malformed", "No token.");
    if (found instanceof Error) throw found;
    return found;
  };
  return { asked, verifyToken };
}

export function requestWith(headers: HttpHeaders): HttpRequest {
  const body = { kind: "visible", bytes: new Uint8Array(0) } as const;
  return { method: "GET", host: "x.example", path: "/", query: "", headers, body };
}
