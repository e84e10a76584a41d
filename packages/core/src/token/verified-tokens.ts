import { hash as nodeHash } from "node:crypto";

import { requireTokenSize } from "./unverified-token.ts";
import { requireValidNow, type VerifiedToken } from "./verified-claims.ts";

/** Of the capacity, what is left to the tokens that were used last when one more does not fit. */
const keptWhenFull = 15 / 16;

export interface VerifiedTokensDeps {
  readonly verify: (token: string) => VerifiedToken | Promise<VerifiedToken>;
  /** Of the token's exact bytes; SHA-256 when left out. Tokens themselves are not kept. */
  readonly hash?: (token: string) => string;
  /** Changes with the key set and with the accepted clients: nothing verified under another generation counts. */
  readonly generation: () => number | string;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  /** Of all remembered tokens together. What is kept of a token grows with it: a token may name hundreds of groups. */
  readonly capacityBytes: number;
}

export interface VerifiedTokens {
  /**
   * @returns what `verify` found out about these bytes, frozen; the same object for as long as it is remembered. A promise
   *   only where `verify` gave one.
   * @throws {GuardError} `token_too_large`, `token_expired`, `token_not_yet_valid` by the clock of this call, and what `verify` throws.
   */
  verify(token: string): VerifiedToken | Promise<VerifiedToken>;
  /** How many tokens are remembered. */
  readonly size: number;
}

/**
 * Remembers tokens that were verified, so that the next request with the same token costs a hash.
 *
 * Successes only, least recently used out first. A token that has expired stays until it is pushed out: refusing it again
 * is cheap that way. The caller still decides about revocation, carrier and access on every request.
 *
 * @throws {TypeError} unless `capacityBytes` is a whole number above 0.
 */
export function createVerifiedTokens({
  verify,
  hash = sha256,
  generation,
  now,
  capacityBytes,
}: VerifiedTokensDeps): VerifiedTokens {
  if (!Number.isSafeInteger(capacityBytes) || capacityBytes < 1)
    throw new TypeError("capacityBytes is a whole number above 0");

  let memory = emptyMemory(generation());
  const currentMemory = () => {
    const current = generation();
    if (current !== memory.generation) memory = emptyMemory(current);
    return memory;
  };

  return {
    verify(token) {
      requireTokenSize(token);
      const key = hash(token);
      // Held through the wait: what was begun under an old generation is remembered there, where nobody looks again.
      const held = currentMemory();
      const { verified, underway } = held;

      const hit = verified.get(key);
      if (hit) {
        requireValidNow(hit.known, now());
        verified.delete(key);
        verified.set(key, hit);
        return hit.known;
      }

      const remember = (fresh: VerifiedToken): VerifiedToken => {
        const known = freeze(fresh);
        verified.set(key, { known, bytes: token.length });
        held.bytes += token.length;
        if (held.bytes > capacityBytes) forgetOldest(held, capacityBytes * keptWhenFull);
        return known;
      };
      const running = underway.get(key);
      if (running !== undefined) return running;
      const fresh = verify(token);
      if (!(fresh instanceof Promise)) return remember(fresh);
      const pending = fresh.then(remember).finally(() => underway.delete(key));
      underway.set(key, pending);
      return pending;
    },
    get size() {
      return currentMemory().verified.size;
    },
  };
}

/** Many at once: a map passes over all that it has lost before it finds its oldest. */
function forgetOldest(memory: ReturnType<typeof emptyMemory>, keptBytes: number): void {
  for (const [oldest, { bytes }] of memory.verified) {
    if (memory.bytes <= keptBytes) break;
    memory.verified.delete(oldest);
    memory.bytes -= bytes;
  }
}

function emptyMemory(generation: number | string) {
  return {
    generation,
    bytes: 0,
    verified: new Map<string, { readonly known: VerifiedToken; readonly bytes: number }>(),
    underway: new Map<string, Promise<VerifiedToken>>(),
  };
}

function sha256(token: string): string {
  return nodeHash("sha256", token, "base64url");
}

/** One object answers many requests; none may change it for the next. */
function freeze(token: VerifiedToken): VerifiedToken {
  const { caller } = token;
  Object.freeze(caller.scopes);
  if (caller.kind === "user") {
    Object.freeze(caller.groups);
    Object.freeze(caller.claims);
  }
  Object.freeze(caller);
  return Object.freeze(token);
}
