import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { sameSecret } from "../pool/client-secret.ts";
import { readCookie } from "./form-request.ts";
import type { FormFields } from "./form-request.ts";

const cookieName = "XSRF-TOKEN";

/** The browser's token, so that a form in another tab goes on working; a new one when it has none. */
export function csrfTokenOf(request: IncomingMessage): string {
  const token = readCookie(request, cookieName) ?? "";
  return /^[\w-]{43}$/.test(token) ? token : randomBytes(32).toString("base64url");
}

/** Whether the form comes from a page of this domain: the field repeats a cookie. */
export function csrfMatches(request: IncomingMessage, fields: FormFields): boolean {
  const given = fields("_csrf") ?? "";
  return [cookieName, ownCookieName(given)].some((name) => {
    const token = readCookie(request, name) ?? "";
    return token !== "" && sameSecret(given, token);
  });
}

/**
 * The cookies to set with a form: the browser's, and one for this token alone, because two tabs that load their first
 * form at the same moment get two tokens. Not Secure: clients such as curl refuse Secure cookies over plain http, and the
 * token guards a form, not an account.
 */
export function csrfCookies(token: string): readonly string[] {
  const attributes = "Path=/; HttpOnly; SameSite=Lax";
  return [
    `${cookieName}=${token}; ${attributes}`,
    `${ownCookieName(token)}=${token}; Max-Age=3600; ${attributes}`,
  ];
}

function ownCookieName(token: string): string {
  return `csrf-state-${token.slice(0, 8)}`;
}
