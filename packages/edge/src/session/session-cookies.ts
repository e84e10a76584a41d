import { tokenLifetimes } from "@sst-gatehouse/blueprint/app-clients";
import { GuardError } from "@sst-gatehouse/core/errors";

import { clearCookies, cookiePrefix, type GuardCookies, oldCookie, setCookie } from "./cookies.ts";
import { sealedLength, type SealedSessions } from "./sealed-session.ts";

/** What a browser's session is: the access token, verified with each request, and what gets the next one. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Where the app asks for claims: says more about the person, verified with each request, and decides nothing. */
  readonly idToken?: string;
}

export type SessionReading =
  | { readonly kind: "none" }
  | { readonly kind: "session"; readonly session: Session }
  /** There are session cookies, but they make no session: a part is missing, doubled, left over, or not ours. */
  | { readonly kind: "incomplete" };

/** The session in the cookies of one stage. */
export interface SessionCookies {
  /** Whether its tokens are worth anything is for the verifier to say. @param origin the app's own. */
  readonly read: (cookies: GuardCookies, origin: string) => SessionReading;
  /** `Set-Cookie` lines that put a session in the place of what the request came with. */
  readonly write: (
    session: Session,
    requestCookies: GuardCookies,
    origin: string,
  ) => readonly string[];
}

const name = "session";
/** Whom a session is sealed for, with the stage and the origin. */
export const sessionCookie = `${cookiePrefix}${name}`;
/** `session.1of2`: what is longer than one cookie is cut into several. */
const partName = /^session\.([1-9])of([1-9])$/;
/** Also what an earlier version has left. */
const anyPart = new RegExp(`^session(?:\\.|$)|${oldCookie.source}`);

/** Together with its name and its attributes a part stays below the 4,096 bytes that browsers keep. */
const partBytes = 3800;
/** CloudFront takes 20,480 bytes of headers; the rest is for the app's own. */
export const maxSessionBytes = 10_240;

/** As long as a refresh token lives: the access token, expired, still says whose session is to be refreshed. */
const maxAgeSeconds = tokenLifetimes.refreshDays * 24 * 3600;

export function createSessionCookies({ seal, open }: SealedSessions): SessionCookies {
  return {
    read(cookies, origin) {
      if (![...cookies.keys()].some((each) => anyPart.test(each))) return { kind: "none" };
      const sealed = join(cookies);
      const session = sealed === undefined ? undefined : open(sealed, origin);
      return session === undefined ? { kind: "incomplete" } : { kind: "session", session };
    },
    write(session, requestCookies, origin) {
      const lines = new Map(parts(seal(session, origin)));
      const left = new Map([...requestCookies].filter(([each]) => !lines.has(each)));
      return [
        ...[...lines].map(([each, value]) => setCookie(each, value, maxAgeSeconds)),
        ...clearSession(left),
      ];
    },
  };
}

/**
 * Without an ID token that does not fit: somebody in very many groups gets in all the same.
 *
 * @throws {GuardError} `headers_too_large` when the others do not fit, either.
 */
export function toSession(tokens: Session): Session {
  const { accessToken, refreshToken } = tokens;
  const session = [tokens, { accessToken, refreshToken }].find(fits);
  if (session === undefined) throw tooLarge();
  return session;
}

export function tooLarge(): GuardError {
  return new GuardError(
    "headers_too_large",
    "Your session is larger than CloudFront lets a browser send: you are probably in very many groups. Ask an administrator to take you out of some, then sign in again.",
  );
}

/** Whether the session fits into the headers that CloudFront takes. */
export function fits(session: Session): boolean {
  const { accessToken, refreshToken, idToken = "" } = session;
  return (
    accessToken.length + refreshToken.length + idToken.length <= 2 * maxSessionBytes &&
    sealedLength(session) <= maxSessionBytes
  );
}

/** `Set-Cookie` lines that end the session that the request came with. */
export function clearSession(requestCookies: GuardCookies): readonly string[] {
  return clearCookies(requestCookies, anyPart);
}

/** The whole of it: one set of parts, complete, without a part of another set. */
function join(cookies: GuardCookies): string | undefined {
  const names = [...cookies.keys()].filter((each) => each === name || each.startsWith(`${name}.`));
  const values = names.map((_name, index) => cookies.get(`${name}.${index + 1}of${names.length}`));
  if (names.length === 0 || !names.every((each) => partName.test(each))) return undefined;
  const whole = values.every((value) => value !== undefined) ? values.join("") : "";
  return whole.length <= maxSessionBytes && /^[\w-]+$/.test(whole) ? whole : undefined;
}

function parts(text: string): readonly (readonly [string, string])[] {
  const count = Math.ceil(text.length / partBytes);
  return Array.from({ length: count }, (_none, index) => [
    `${name}.${index + 1}of${count}`,
    text.slice(index * partBytes, (index + 1) * partBytes),
  ]);
}
