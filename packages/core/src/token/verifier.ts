import { GuardError } from "../errors.ts";
import { createSignatureCheck, type Jwk, requireOneUserPool } from "./signature-check.ts";
import { decodeUnverifiedToken, type UnverifiedToken } from "./unverified-token.ts";
import {
  type AcceptedClient,
  expired,
  judgeClaims,
  type TokenUse,
  type VerifiedToken,
} from "./verified-claims.ts";

export type { Jwk } from "./signature-check.ts";
export type { AcceptedClient, TokenUse, VerifiedToken } from "./verified-claims.ts";

/** The user pool's keys, wherever they come from: checked by whoever loads them, for the verifier believes them. */
export interface KeySet {
  /** The keys to trust now. A generation belongs to one set of keys for good; another set has another number. */
  current(): { readonly generation: number; readonly keys: readonly Jwk[] };
  /**
   * Replaces the keys by the pool's own, for a token signed by a key that is not there. Called once per token; single flight
   * and cool-down are the implementation's, which may return without having fetched.
   *
   * @throws {GuardError} `keys_unavailable` when fetching failed, or failed a moment ago.
   */
  refetch(): Promise<void>;
}

/** None of these has a default: to accept any client or both token uses, write `null`. */
export interface VerifierDeps {
  /** Accepted `iss` values, compared as they are; all of one user pool. */
  readonly issuers: readonly string[];
  /** App clients by id; null: every client of the pool. */
  readonly clients: Readonly<Record<string, AcceptedClient>> | null;
  /** Finds an accepted client that cannot be listed by its id; absent: there is none. */
  readonly clientOf?: ((clientId: string) => AcceptedClient | undefined) | undefined;
  /** null: ID and access tokens, as far as the client allows them. */
  readonly tokenUses: readonly TokenUse[] | null;
  /** What callers hold in `claims`, where the app asks for any. */
  readonly claims?: readonly string[] | undefined;
  readonly keys: KeySet;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
}

/**
 * Verifies a bare token (no `Bearer `), at once where its key is known, and that is nearly always.
 *
 * @param at judges it by another time than now, in whole seconds since the epoch: for a token that has expired, to know
 *   whose it was.
 */
export type Verify = (token: string, at?: number) => VerifiedToken | Promise<VerifiedToken>;

/**
 * Makes the one function that establishes trust in a Cognito token.
 *
 * Everything cheap comes first; the claims are judged after the signature. Issuers and clients are copied: a change needs a
 * new verifier.
 *
 * @returns throws, or rejects with, a {@link GuardError}: `token_too_large`, `token_malformed`, `token_signature`,
 *   `token_issuer`, `token_expired`, `token_not_yet_valid`, `token_use`, `token_client`; `keys_unavailable` when the token's key
 *   is unknown and cannot be fetched.
 * @throws {TypeError} for issuers that are not those of one user pool, and for missing or empty settings.
 */
export function createVerifier({
  issuers,
  clients,
  clientOf,
  tokenUses,
  claims,
  keys,
  now,
}: VerifierDeps): Verify {
  const userPool = requireOneUserPool(issuers);
  const acceptedIssuers: ReadonlySet<unknown> = new Set(issuers);
  const acceptedClients = copyClients(clients);
  const acceptedUses = copyTokenUses(tokenUses);

  let signatures = createSignatureCheck(issuers, keys.current());
  const currentSignatures = () => {
    const current = keys.current();
    if (current.generation !== signatures.generation)
      signatures = createSignatureCheck(issuers, current);
    return signatures;
  };

  const judge = (token: UnverifiedToken, at: number): VerifiedToken =>
    judgeClaims(currentSignatures().verify(token), token.unverifiedKid, {
      issuer: userPool,
      clients: acceptedClients,
      clientOf,
      tokenUses: acceptedUses,
      claims,
      now: at,
    });

  return (text, at) => {
    const token = decodeUnverifiedToken(text);
    const { iss, exp } = token.unverifiedClaims;
    // Before any key is looked for: a token of another pool costs no fetch, and the library would take a second issuer.
    if (!acceptedIssuers.has(iss))
      throw new GuardError("token_issuer", "The token was issued by somebody else.");
    // Whoever made it says so: no signature could save it, and checking one is the dearest thing here.
    if (typeof exp === "number" && exp <= (at ?? now())) throw expired();
    if (currentSignatures().knows(token.unverifiedKid)) return judge(token, at ?? now());
    return refetch(keys).then(() => judge(token, at ?? now()));
  };
}

/** Our own refusal goes on as it is; whatever else went wrong, the keys are what is missing. */
async function refetch(keys: KeySet): Promise<void> {
  try {
    await keys.refetch();
  } catch (error) {
    if (error instanceof GuardError) throw error;
    throw new GuardError(
      "keys_unavailable",
      "The user pool's signing keys are unavailable right now.",
      {
        cause: error,
      },
    );
  }
}

function copyClients(clients: VerifierDeps["clients"]): ReadonlyMap<string, AcceptedClient> | null {
  if (clients === null) return null;
  if (typeof clients !== "object")
    throw new TypeError("clients lists app clients by id; null is any client of the pool");
  return new Map(
    Object.entries(clients).map(([id, { kind, tokenUses }]) => {
      if (kind !== "person" && kind !== "machine")
        throw new TypeError(`client ${id} is neither a person's nor a machine's`);
      const uses = copyTokenUses(tokenUses);
      if (uses === null) throw new TypeError(`client ${id} needs its token uses listed`);
      return [id, { kind, tokenUses: uses }];
    }),
  );
}

function copyTokenUses(tokenUses: readonly TokenUse[] | null): readonly TokenUse[] | null {
  if (tokenUses === null) return null;
  const isList = Array.isArray(tokenUses) && tokenUses.length > 0;
  if (!isList || !tokenUses.every((use) => use === "id" || use === "access")) {
    throw new TypeError("tokenUses lists id, access or both; null is both");
  }
  return [...tokenUses];
}
