import { createHash, randomBytes } from "node:crypto";

import { clearCookie, type GuardCookies, setCookie } from "./cookies.ts";
import { isReturnPath } from "./return-path.ts";

/** One try to sign in, kept in a cookie of its own until the browser comes back: two tabs never share one. */
export interface Attempt {
  /** Names the cookie, and travels through Cognito: base64url, which Cognito hands back as it was. */
  readonly state: string;
  readonly nonce: string;
  /** PKCE: known to this browser alone. */
  readonly codeVerifier: string;
  readonly returnPath: string;
  /**
   * `posted`: the request that has to wait was a form, which is not sent again by itself. `fragment`: this window keeps the
   * fragment of the address that it is to return to.
   */
  readonly kind: "plain" | "posted" | "fragment";
  /** Whole seconds since the epoch. */
  readonly expiresAt: number;
}

const lifetimeSeconds = 600;
const maxAttempts = 5;
/** Every request carries them all. */
const maxBytes = 4096;

/** An attempt's cookie says its kind by the place here. */
const kinds: readonly Attempt["kind"][] = ["plain", "posted", "fragment"];

const namePrefix = "attempt.";
const random = (): string => randomBytes(32).toString("base64url");
const randomPattern = /^[\w-]{43}$/;

/**
 * @param restarts how often the guard has restarted this sign-in by itself. It travels in the state, because it must
 *   outlive a browser that drops cookies.
 */
export function createAttempt(
  {
    returnPath,
    kind,
    restarts,
  }: Pick<Attempt, "returnPath" | "kind"> & { readonly restarts: 0 | 1 },
  now: number,
): Attempt {
  return {
    state: `${restarts}${random()}`,
    nonce: random(),
    codeVerifier: random(),
    returnPath,
    kind,
    expiresAt: now + lifetimeSeconds,
  };
}

/** How often the sign-in of this state was restarted; `undefined` for what is no state of ours. */
export function restartsOf(state: string): 0 | 1 | undefined {
  if (!/^[01][\w-]{43}$/.test(state)) return undefined;
  return state.startsWith("1") ? 1 : 0;
}

/** PKCE, S256. */
export function codeChallengeOf({ codeVerifier }: Attempt): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}

/** `Set-Cookie` lines: the attempt, and the end of those that are over, broken or too many; the oldest go first. */
export function writeAttempt(
  attempt: Attempt,
  requestCookies: GuardCookies,
  now: number,
): readonly string[] {
  const { state, nonce, codeVerifier, returnPath, kind, expiresAt } = attempt;
  const value = encode([nonce, codeVerifier, returnPath, kinds.indexOf(kind), expiresAt]);
  let count = 1;
  let bytes = namePrefix.length + state.length + value.length;
  const over: string[] = [];
  // Of one second, the later cookie is the younger one: RFC 6265, 5.4.
  const youngestFirst = attemptNames(requestCookies)
    .toReversed()
    .map((name) => ({
      name,
      other: readAttempt(name.slice(namePrefix.length), requestCookies, now),
    }))
    .toSorted((a, b) => (b.other?.expiresAt ?? 0) - (a.other?.expiresAt ?? 0));
  for (const { name, other } of youngestFirst) {
    count += 1;
    bytes += name.length + (requestCookies.get(name)?.length ?? 0);
    if (other === undefined || count > maxAttempts || bytes > maxBytes) over.push(name);
  }
  return [setCookie(`${namePrefix}${state}`, value, lifetimeSeconds), ...over.map(clearCookie)];
}

/** The attempt that a state belongs to, if this browser has made it and it is not over. All of it is checked again. */
export function readAttempt(
  state: string,
  cookies: GuardCookies,
  now: number,
): Attempt | undefined {
  if (restartsOf(state) === undefined) return undefined;
  const parts = decode(cookies.get(`${namePrefix}${state}`) ?? "");
  if (!Array.isArray(parts) || parts.length !== 5) return undefined;
  const [nonce, codeVerifier, returnPath, place, expiresAt]: unknown[] = parts;
  if (!isRandom(nonce) || !isRandom(codeVerifier)) return undefined;
  if (typeof returnPath !== "string" || !isReturnPath(returnPath)) return undefined;
  const kind = typeof place === "number" ? kinds[place] : undefined;
  if (kind === undefined) return undefined;
  if (typeof expiresAt !== "number" || !(now < expiresAt && expiresAt <= now + lifetimeSeconds))
    return undefined;
  return { state, nonce, codeVerifier, returnPath, kind, expiresAt };
}

/** The states of all attempts that a browser brings, whatever they are worth. */
export function attemptStates(cookies: GuardCookies): readonly string[] {
  return attemptNames(cookies).map((name) => name.slice(namePrefix.length));
}

/** Whether a restarted sign-in is under way in this browser. */
export function hasRestarted(cookies: GuardCookies): boolean {
  return attemptStates(cookies).some((state) => restartsOf(state) === 1);
}

/** `Set-Cookie` lines that end one attempt. */
export function clearAttempt({ state }: Attempt): string {
  return clearCookie(`${namePrefix}${state}`);
}

function attemptNames(cookies: GuardCookies): readonly string[] {
  // A name that is cleared goes into a header: only those that cannot break it.
  return [...cookies.keys()].filter((name) => /^attempt\.[\w.-]{1,64}$/.test(name));
}

function isRandom(value: unknown): value is string {
  return typeof value === "string" && randomPattern.test(value);
}

function encode(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function decode(text: string): unknown {
  if (text.length > maxBytes) return undefined;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined; // not ours
  }
}
