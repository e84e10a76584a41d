import type { Caller } from "../caller.ts";
import { GuardError } from "../errors.ts";

/** Declared in blueprint too, because core stands alone; the compiler compares the two where the guard is composed. */
export type TokenUse = "id" | "access";

/** A token whose signature and claims held. Times are whole seconds since the epoch. */
export interface VerifiedToken {
  readonly caller: Exclude<Caller, { kind: "anonymous" | "service" }>;
  readonly tokenUse: TokenUse;
  readonly clientId: string;
  /** The user pool, `https://cognito-idp.<region>.amazonaws.com/<pool>`, whichever of its two names the token bears. */
  readonly issuer: string;
  readonly kid: string;
  /** Of an access token that is bound to a resource (RFC 8707): its `aud`, as it is. */
  readonly audience?: unknown;
  /** A machine's is its client id. */
  readonly sub: string;
  readonly expiresAt: number;
  readonly notBefore?: number;
  readonly issuedAt: number;
  /**
   * First sign-in: stays through refreshes, though Cognito has been reported to move it where refresh tokens rotate. The
   * time of issue where the token does not say.
   */
  readonly authTime: number;
}

/** An app client whose tokens are accepted, and for what. */
export interface AcceptedClient {
  readonly kind: "person" | "machine";
  readonly tokenUses: readonly TokenUse[];
}

export interface ClaimRules {
  /** The pool's own name: what `iss` says has been judged already. */
  readonly issuer: string;
  /** By client id; null: any client of the user pool. */
  readonly clients: ReadonlyMap<string, AcceptedClient> | null;
  /** Of a client that is not among them, where it is accepted all the same. */
  readonly clientOf?: ((clientId: string) => AcceptedClient | undefined) | undefined;
  /** null: both. */
  readonly tokenUses: readonly TokenUse[] | null;
  /** What callers hold besides. */
  readonly claims?: readonly string[] | undefined;
  /** Whole seconds since the epoch. */
  readonly now: number;
}

/** How far a token may come from the future: clocks differ, and a stolen signing time must not outlive a revocation. */
export const maxClockSkewSeconds = 300;

/** Of a claim's value, as JSON. */
export const maxClaimBytes = 256;

/** Cognito's limits are 128 for most names and 513 for a scope; nothing beyond these comes from Cognito. */
const maxNameLength = 256;
const maxScopeLength = 1024;

type Claims = Readonly<Record<string, unknown>>;

/**
 * Judges the claims of a token whose signature and issuer hold already.
 *
 * @throws {GuardError} `token_malformed`, `token_expired`, `token_not_yet_valid`, `token_use`, `token_client`.
 */
export function judgeClaims(
  claims: Claims,
  kid: string,
  { issuer, clients, clientOf, tokenUses, claims: kept, now }: ClaimRules,
): VerifiedToken {
  const times = judgeTimes(claims, now);

  const tokenUse = claims["token_use"];
  if (tokenUse !== "id" && tokenUse !== "access")
    throw wrongUse("The token is neither an ID token nor an access token.");
  const clientId = name(tokenUse === "id" ? claims["aud"] : claims["client_id"]);
  if (clientId === undefined) throw wrongClient("The token names no app client.");
  const client = clients?.get(clientId) ?? clientOf?.(clientId);
  if (clients && !client) throw wrongClient("The token's app client is not accepted here.");
  if (
    (client && !client.tokenUses.includes(tokenUse)) ||
    (tokenUses && !tokenUses.includes(tokenUse))
  ) {
    throw wrongUse("This kind of token is not accepted from its app client.");
  }

  const sub = name(claims["sub"]);
  if (sub === undefined) throw malformed("The token has no subject.");
  const about: Omit<VerifiedToken, "caller"> = {
    tokenUse,
    clientId,
    issuer,
    kid,
    sub,
    ...(tokenUse === "access" && claims["aud"] !== undefined && { audience: claims["aud"] }),
    ...times,
  };

  const isMachineToken =
    tokenUse === "access" &&
    sub === clientId &&
    claims["username"] === undefined &&
    claims["cognito:username"] === undefined;
  const scopes = tokenUse === "access" ? readScopes(claims["scope"]) : [];
  if (client ? client.kind === "machine" : isMachineToken) {
    if (!isMachineToken)
      throw wrongClient("The app client is for machines, but the token is not a machine's.");
    return { caller: { kind: "client", clientId, scopes, issuer }, ...about };
  }
  const username = name(tokenUse === "id" ? claims["cognito:username"] : claims["username"]);
  if (sub === clientId || username === undefined)
    throw wrongClient("The app client is for people, but the token is not a person's.");
  return {
    caller: {
      kind: "user",
      sub,
      username,
      groups: readGroups(claims["cognito:groups"]),
      scopes,
      issuer,
      signedInAt: about.authTime,
      ...(kept && { claims: pick(claims, kept) }),
    },
    ...about,
  };
}

function judgeTimes(
  claims: Claims,
  now: number,
): Pick<VerifiedToken, "expiresAt" | "notBefore" | "issuedAt" | "authTime"> {
  const expiresAt = time(claims["exp"]);
  const issuedAt = time(claims["iat"]);
  const notBefore = claims["nbf"] === undefined ? undefined : time(claims["nbf"]);
  const authTime = claims["auth_time"] === undefined ? issuedAt : time(claims["auth_time"]);
  requireValidNow({ expiresAt, ...(notBefore !== undefined && { notBefore }) }, now);
  if (issuedAt > now + maxClockSkewSeconds || authTime > now + maxClockSkewSeconds)
    throw notYetValid();
  return { expiresAt, ...(notBefore !== undefined && { notBefore }), issuedAt, authTime };
}

/**
 * @param now whole seconds since the epoch.
 * @throws {GuardError} `token_expired`, `token_not_yet_valid`.
 */
export function requireValidNow(
  { expiresAt, notBefore }: Pick<VerifiedToken, "expiresAt" | "notBefore">,
  now: number,
): void {
  // Written so that a clock that is not a number refuses.
  if (!(now < expiresAt)) throw expired();
  if (notBefore !== undefined && !(notBefore <= now)) throw notYetValid();
}

export function expired(): GuardError {
  return new GuardError("token_expired", "The token has expired; sign in again or refresh it.");
}

function time(claim: unknown): number {
  if (typeof claim !== "number" || !Number.isFinite(claim))
    throw malformed("A time in the token is missing or not a number.");
  return claim;
}

function name(claim: unknown): string | undefined {
  return typeof claim === "string" && claim !== "" && claim.length <= maxNameLength
    ? claim
    : undefined;
}

/** A trigger may take every scope away. */
function readScopes(claim: unknown = ""): string[] {
  if (typeof claim !== "string") throw malformed("The scopes in the token are not text.");
  const scopes = claim.split(" ").filter((scope) => scope !== "");
  if (scopes.some((scope) => scope.length > maxScopeLength))
    throw malformed("A scope in the token is too long.");
  return scopes;
}

/** Cognito leaves the claim out for a user without groups. */
function readGroups(claim: unknown): string[] {
  if (claim === undefined) return [];
  if (!Array.isArray(claim)) throw malformed("The groups in the token are not a list.");
  return claim.map((group: unknown) => {
    const known = name(group);
    if (known === undefined) throw malformed("A group in the token is not a name.");
    return known;
  });
}

/** An address counts only once its owner has proved it. */
function pick(claims: Claims, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((claim) => {
      const { [claim]: value = null, [`${claim}_verified`]: verified } = claims;
      const isProved = !/^(?:email|phone_number)$/.test(claim) || String(verified) === "true";
      const fits = Buffer.byteLength(JSON.stringify(value)) <= maxClaimBytes;
      return isProved && fits && value !== null ? [[claim, value]] : [];
    }),
  );
}

function malformed(detail: string): GuardError {
  return new GuardError("token_malformed", detail);
}

function notYetValid(): GuardError {
  return new GuardError("token_not_yet_valid", "The token is not valid yet; check the clock.");
}

function wrongUse(detail: string): GuardError {
  return new GuardError("token_use", detail);
}

function wrongClient(detail: string): GuardError {
  return new GuardError("token_client", detail);
}
