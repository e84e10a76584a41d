import { createHash, randomUUID } from "node:crypto";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import type { Clock } from "../../clock.ts";
import type { Client } from "./clients.ts";
import type { Grant } from "./grants.ts";
import type { SigningKey } from "./signing-keys.ts";
import type { User } from "./users.ts";

/** What an access token of a user says, as far as the pool reads it back. */
export interface AccessClaims {
  readonly sub: string;
  readonly iss: string;
  readonly client_id: string;
  readonly origin_jti?: string;
  readonly scope: string;
  readonly exp: number;
  readonly username?: string;
}

export interface UserTokens {
  /** Absent for a hosted sign-in without the scope `openid`. */
  readonly id: string | undefined;
  readonly access: string;
  readonly expiresInSeconds: number;
}

export interface Tokens {
  forUser(options: {
    user: User;
    client: Client;
    grant: Grant;
    nonce?: string | undefined;
  }): Promise<UserTokens>;
  forMachine(
    client: Client,
    scopes: readonly string[],
  ): Promise<{ access: string; expiresInSeconds: number }>;
  /** Claims of an access token of this pool, `"expired"`, or `undefined` for anything else (an id token included). */
  openAccess(token: string): Promise<AccessClaims | "expired" | undefined>;
}

/** The scope of every access token that a sign-in through the API gives, and of no other. */
export const userAdminScope = "aws.cognito.signin.user.admin";

/**
 * Mints id and access tokens with Cognito's claims in Cognito's order, each kind with its own key.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export function createTokens(options: {
  /** What new tokens bear. */
  issuer: () => string;
  /** What tokens of the pool may bear: both names, for the pool may have changed in between. */
  issuers: readonly string[];
  idKey: SigningKey;
  accessKey: SigningKey;
  clock: Clock;
}): Tokens {
  const { issuer, issuers, idKey, accessKey, clock } = options;
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  return {
    async forUser({ user, client, grant, nonce }) {
      const iat = nowSeconds();
      const eventId = randomUUID();
      const hosted = grant.by === "hosted";
      // Absent, never empty, for a user without groups.
      const groups = user.groups.length > 0 ? { "cognito:groups": user.groups } : {};
      const access = await accessKey.sign({
        sub: user.sub,
        ...groups,
        iss: issuer(),
        ...(hosted ? { version: 2 } : {}),
        ...(grant.resource === undefined ? {} : { aud: grant.resource }),
        client_id: client.id,
        origin_jti: grant.originJti,
        event_id: eventId,
        token_use: "access",
        scope: grant.scopes.join(" "),
        auth_time: grant.authTime,
        exp: iat + client.accessMinutes * 60,
        iat,
        jti: randomUUID(),
        username: user.username,
      });
      const expiresInSeconds = client.accessMinutes * 60;
      if (hosted && !grant.scopes.includes("openid"))
        return { id: undefined, access, expiresInSeconds };
      const { email, email_verified, ...others } = readableAttributes(user, grant.scopes);
      const id = await idKey.sign({
        sub: user.sub,
        ...groups,
        ...(email === undefined ? {} : { email, email_verified: email_verified === "true" }),
        iss: issuer(),
        "cognito:username": user.username,
        origin_jti: grant.originJti,
        aud: client.id,
        event_id: eventId,
        token_use: "id",
        auth_time: grant.authTime,
        exp: iat + client.idMinutes * 60,
        iat,
        jti: randomUUID(),
        ...(hosted ? { at_hash: accessTokenHash(access) } : {}),
        ...(nonce === undefined ? {} : { nonce }),
        ...Object.fromEntries(
          Object.entries(others).map(([name, value]) => [
            name,
            name.endsWith("_verified") ? value === "true" : value,
          ]),
        ),
      });
      return { id, access, expiresInSeconds };
    },

    async forMachine(client, scopes) {
      const iat = nowSeconds();
      const expiresInSeconds = client.accessMinutes * 60;
      const access = await accessKey.sign({
        sub: client.id,
        token_use: "access",
        scope: scopes.join(" "),
        auth_time: iat,
        iss: issuer(),
        exp: iat + expiresInSeconds,
        iat,
        version: 2,
        jti: randomUUID(),
        client_id: client.id,
      });
      return { access, expiresInSeconds };
    },

    async openAccess(token) {
      const claims = await accessKey.open(token);
      if (!isAccessClaims(claims) || !issuers.includes(claims.iss)) return undefined;
      return nowSeconds() >= claims.exp ? "expired" : claims;
    },
  };
}

/**
 * Attributes that scopes open: `openid` alone opens all of them, together with others only what those name, and an API
 * sign-in all.
 */
export function readableAttributes(
  user: User,
  scopes: readonly string[],
): Readonly<Record<string, string>> {
  const standard = ["email", "phone", "profile"].filter((scope) => scopes.includes(scope));
  const all = standard.length === 0;
  return Object.fromEntries(
    [...user.attributes].filter(([name]) => all || standard.includes(scopeOf(name))),
  );
}

function scopeOf(attribute: string): string {
  return /^(email|phone)/.exec(attribute)?.[1] ?? "profile";
}

/** The key signs access tokens of this pool, and whatever a test has minted with it. */
function isAccessClaims(claims: unknown): claims is AccessClaims {
  const expected = {
    sub: "string",
    iss: "string",
    client_id: "string",
    scope: "string",
    exp: "number",
  };
  if (!isRecord(claims)) return false;
  const values = new Map<string, unknown>(Object.entries(claims));
  return (
    values.get("token_use") === "access" &&
    Object.entries(expected).every(([name, type]) => typeof values.get(name) === type)
  );
}

/** OpenID Connect Core 3.1.3.6: the left half of the token's SHA-256. */
function accessTokenHash(access: string): string {
  return createHash("sha256")
    .update(access, "ascii")
    .digest()
    .subarray(0, 16)
    .toString("base64url");
}
