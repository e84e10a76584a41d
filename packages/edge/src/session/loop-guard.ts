import { createHash } from "node:crypto";

import { attemptStates } from "./attempt.ts";
import { type GuardCookies, setCookie } from "./cookies.ts";

const windowSeconds = 10;
/** As many times a browser may come back with the refresh token that it was given another one for. */
const maxRenewals = 5;
/** A browser needs a moment to come back from the callback, no more. */
const redeemedSeconds = 60;
const maxRemembered = 1000;
const name = "renewed";

/** Keeps a browser that does not store what it is given from being sent round for ever. */
export interface LoopGuard {
  /**
   * Whether to renew a session once more. Not when the browser's own mark says that it was done a moment ago (it keeps
   * small cookies, not large ones), nor when the same refresh token has come back too often (it keeps none). Many tabs
   * at once are no loop: what counts is what was given before the request came.
   */
  readonly admits: (refreshToken: string, requestCookies: GuardCookies) => boolean;
  /** Remembers that a browser was given a session for this refresh token. */
  readonly renewed: (refreshToken: string) => void;
  /** Remembers that an attempt was ended by a session. */
  readonly redeemed: (state: string) => void;
  /** Whether a browser that brings no session was given one a moment ago, and so keeps none. */
  readonly keepsNone: (requestCookies: GuardCookies) => boolean;
}

/** @param now whole seconds since the epoch. */
export function createLoopGuard(now: () => number): LoopGuard {
  const renewals = createMemory<number>(windowSeconds, now);
  const states = createMemory<true>(redeemedSeconds, now);
  return {
    admits: (refreshToken, requestCookies) =>
      !isMarked(requestCookies, now()) && (renewals.get(refreshToken) ?? 0) < maxRenewals,
    renewed: (refreshToken) => renewals.set(refreshToken, (renewals.get(refreshToken) ?? 0) + 1),
    redeemed: (state) => states.set(state, true),
    keepsNone: (requestCookies) =>
      isMarked(requestCookies, now()) ||
      attemptStates(requestCookies).some((state) => states.get(state) ?? false),
  };
}

/** The `Set-Cookie` line that says when this browser was given a session. */
export function markCookie(now: number): string {
  return setCookie(name, String(now), windowSeconds);
}

function isMarked(requestCookies: GuardCookies, now: number): boolean {
  return Math.abs(now - Number(requestCookies.get(name) ?? Number.NaN)) < windowSeconds;
}

/** Values by the hash of a secret, for some seconds after the first; the oldest go when there are too many. */
function createMemory<T>(seconds: number, now: () => number) {
  const entries = new Map<string, { readonly value: T; readonly since: number }>();
  const keyOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
  const fresh = (key: string) => {
    const entry = entries.get(key);
    return entry !== undefined && now() - entry.since < seconds ? entry : undefined;
  };
  return {
    get: (secret: string): T | undefined => fresh(keyOf(secret))?.value,
    set(secret: string, value: T): void {
      const key = keyOf(secret);
      const since = fresh(key)?.since ?? now();
      entries.delete(key);
      entries.set(key, { value, since });
      const [oldest] = entries.keys();
      if (entries.size > maxRemembered && oldest !== undefined) entries.delete(oldest);
    },
  };
}
