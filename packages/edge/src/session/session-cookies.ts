import { tokenLifetimes } from "@sst-gatehouse/blueprint/app-clients";
import { maxTokenBytes } from "@sst-gatehouse/core/unverified-token";

import { clearCookies, type GuardCookies, setCookie } from "./cookies.ts";

/** What a browser's session is: the access token, verified with each request, and what gets the next one. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export type SessionReading =
  | { readonly kind: "none" }
  | { readonly kind: "session"; readonly session: Session }
  /** There are session cookies, but they make no session: a part is missing, doubled or left over. */
  | { readonly kind: "incomplete" };

/** `access.1of2`: a token that is longer than one cookie is cut into several. */
const partName = /^(access|refresh)\.([1-9])of([1-9])$/;
const anyPart = /^(?:access|refresh)(?:\.|$)/;

/** Together with its name and its attributes a part stays below the 4,096 bytes that browsers keep. */
const partBytes = 3800;
/** CloudFront takes 20,480 bytes of headers; the rest is for the app's own. */
export const maxSessionBytes = 10_240;

/** As long as a refresh token lives: the access token, expired, still says whose session is to be refreshed. */
const maxAgeSeconds = tokenLifetimes.refreshDays * 24 * 3600;

/** Reads the session. Whether its tokens are worth anything is for the verifier to say. */
export function readSession(cookies: GuardCookies): SessionReading {
  if (![...cookies.keys()].some((name) => anyPart.test(name))) return { kind: "none" };
  const accessToken = join("access", cookies);
  const refreshToken = join("refresh", cookies);
  return accessToken === undefined || refreshToken === undefined
    ? { kind: "incomplete" }
    : { kind: "session", session: { accessToken, refreshToken } };
}

/** Whether the session fits into the headers that CloudFront takes. */
export function fits({ accessToken, refreshToken }: Session): boolean {
  return accessToken.length + refreshToken.length <= maxSessionBytes;
}

/** `Set-Cookie` lines that put a session in the place of what the request came with. */
export function writeSession(session: Session, requestCookies: GuardCookies): readonly string[] {
  const lines = new Map([
    ...parts("access", session.accessToken),
    ...parts("refresh", session.refreshToken),
  ]);
  const left = new Map([...requestCookies].filter(([name]) => !lines.has(name)));
  return [
    ...[...lines].map(([name, value]) => setCookie(name, value, maxAgeSeconds)),
    ...clearSession(left),
  ];
}

/** `Set-Cookie` lines that end the session that the request came with. */
export function clearSession(requestCookies: GuardCookies): readonly string[] {
  return clearCookies(requestCookies, anyPart);
}

/** The whole token: one set of parts, complete, without a part of another set. */
function join(token: "access" | "refresh", cookies: GuardCookies): string | undefined {
  const names = [...cookies.keys()].filter(
    (name) => name === token || name.startsWith(`${token}.`),
  );
  const values = names.map((_name, index) => cookies.get(`${token}.${index + 1}of${names.length}`));
  if (names.length === 0 || !names.every((name) => partName.test(name))) return undefined;
  const whole = values.every((value) => value !== undefined) ? values.join("") : "";
  // Both kinds of token are made of base64url and dots.
  return whole.length <= maxTokenBytes && /^[\w.-]+$/.test(whole) ? whole : undefined;
}

function parts(token: "access" | "refresh", text: string): readonly (readonly [string, string])[] {
  const count = Math.ceil(text.length / partBytes);
  return Array.from({ length: count }, (_none, index) => [
    `${token}.${index + 1}of${count}`,
    text.slice(index * partBytes, (index + 1) * partBytes),
  ]);
}
