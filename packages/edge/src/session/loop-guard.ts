import { attemptStates } from "./attempt.ts";
import { type GuardCookies, setCookie } from "./cookies.ts";
import { createMemory } from "./memory.ts";

const windowSeconds = 10;
/** As many times a browser may come back to an address with the refresh token that it was given another one for. */
const maxRenewals = { page: 5, part: 60 };
/** A browser needs a moment to come back from the callback, no more. */
const redeemedSeconds = 60;
const name = "renewed";

/** One request of a session that has expired. */
export interface Expired {
  readonly refreshToken: string;
  /** Path and query. */
  readonly address: string;
  /** A page, or what belongs to one: its images, scripts and calls come many at once. */
  readonly kind: "page" | "part";
}

/** Keeps a browser that does not store what it is given from being sent round for ever. */
export interface LoopGuard {
  /**
   * Whether to renew a session once more. Not when the browser's own mark says that it was done a moment ago (it keeps
   * small cookies, not large ones), nor when the same refresh token has come back to the same address too often (it keeps
   * none). Many tabs and many images at once are no loop: what counts is what was given before the request came.
   */
  readonly admits: (expired: Expired, requestCookies: GuardCookies) => boolean;
  /** Remembers that a browser was given a session. */
  readonly renewed: (expired: Expired) => void;
  /** Remembers that an attempt was ended by a session. */
  readonly redeemed: (state: string) => void;
  /** Whether a browser that brings no session was given one a moment ago, and so keeps none. */
  readonly keepsNone: (requestCookies: GuardCookies) => boolean;
}

/** @param now whole seconds since the epoch. */
export function createLoopGuard(now: () => number): LoopGuard {
  const renewals = createMemory<number>(windowSeconds, now);
  const states = createMemory<true>(redeemedSeconds, now);
  const keyOf = ({ refreshToken, address, kind }: Expired): string =>
    `${refreshToken} ${kind} ${address}`;
  const countOf = (expired: Expired): number => renewals.get(keyOf(expired)) ?? 0;
  return {
    admits: (expired, requestCookies) =>
      !isMarked(requestCookies, now()) && countOf(expired) < maxRenewals[expired.kind],
    renewed: (expired) => renewals.set(keyOf(expired), countOf(expired) + 1),
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
