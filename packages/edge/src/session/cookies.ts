import { isGuardCookie } from "@sst-gatehouse/blueprint/cookies";
import type { HttpHeaders } from "@sst-gatehouse/core/http-request";

import { trimmed } from "../http/viewer-headers.ts";

/**
 * The guard's own cookies begin with this. `__Host-`: set by this host alone, over https, for all paths. `Http-`: by an
 * answer, never by a script; a browser that does not know that part takes the rest.
 */
export const cookiePrefix = "__Host-Http-gatehouse-";
/** Cookies of an earlier version, by their whole name: nothing is read from them, and they end with the session. */
export const oldCookie = /^__Host-gatehouse-/;

/** What a browser may store in one cookie, name and value together. */
const maxCookieBytes = 4096;

/**
 * `Lax`, not `Strict`: a link from a mail or another site has to arrive with the session, and so has the way back from
 * the hosted sign-in, which is another site. What another site may do with it, `cross-site.ts` says.
 */
const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";

/**
 * The guard's cookies in a request, by what follows the prefix, those of an earlier version by their whole name;
 * `undefined` for a name that came twice.
 */
export type GuardCookies = ReadonlyMap<string, string | undefined>;

/**
 * Reads the guard's cookies: all lines joined, split at `;`, trimmed of space and tab, names compared exactly and
 * nothing decoded. A neighbouring host that can set cookies here can add others, but none of these names.
 */
export function guardCookies(headers: HttpHeaders): GuardCookies {
  const cookies = new Map<string, string | undefined>();
  for (const piece of pieces(headers)) {
    const equals = piece.indexOf("=");
    const isOurs = piece.startsWith(cookiePrefix);
    if (equals < 0 || (!isOurs && !oldCookie.test(piece))) continue;
    const name = trimmed(piece.slice(isOurs ? cookiePrefix.length : 0, equals));
    cookies.set(name, cookies.has(name) ? undefined : trimmed(piece.slice(equals + 1)));
  }
  return cookies;
}

/** The request's headers without the guard's cookies, and without what a careless reader could take for them. */
export function withoutGuardCookies(headers: HttpHeaders): HttpHeaders {
  const { cookie, ...others } = headers;
  if (cookie === undefined) return headers;
  const kept = pieces(headers).filter((piece) => !looksLikeOurs(piece));
  return kept.length === 0 ? others : { ...others, cookie: [kept.join("; ")] };
}

/** @throws {TypeError} when a browser would drop it. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  if (cookiePrefix.length + name.length + value.length > maxCookieBytes)
    throw new TypeError("a cookie is longer than browsers keep");
  return `${cookiePrefix}${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}

/** @param name as in {@link GuardCookies}. */
export function clearCookie(name: string): string {
  return `${oldCookie.test(name) ? "" : cookiePrefix}${name}=; Max-Age=0; ${attributes}`;
}

/** `Set-Cookie` lines that end the cookies of these names; a name that could break the header is left to the browser. */
export function clearCookies(cookies: GuardCookies, which: RegExp): readonly string[] {
  return [...cookies.keys()]
    .filter((name) => which.test(name) && /^[\w.-]{1,80}$/.test(name))
    .map(clearCookie);
}

function pieces(headers: HttpHeaders): readonly string[] {
  return (headers["cookie"] ?? [])
    .join(";")
    .split(/;[; \t]*/)
    .map(trimmed)
    .filter((piece) => piece !== "");
}

/** Other case, spaces of other alphabets and a missing name: some parser would forgive each. */
function looksLikeOurs(piece: string): boolean {
  return isGuardCookie(piece.replaceAll(/[^\x21-\x7e]/g, "").replace(/^=+/, ""));
}
