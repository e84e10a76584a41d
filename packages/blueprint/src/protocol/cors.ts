/**
 * The length of a streamed body in bytes, as the backend announces it. `Content-Length` itself does not survive a
 * streaming Function URL, which renames it and sends chunks.
 */
export const contentLengthHeader = "x-gatehouse-content-length";

/**
 * What cross-origin callers are told, by the guard for preflights and refusals and by the backend for answers. The same
 * for every path and caller, so a preflight tells nothing about what exists. The guard adds the request headers that are
 * asked for, and a backend those that its route exposes.
 */
export const cors = {
  allowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
  allowHeaders:
    "authorization, content-type, if-match, if-none-match, last-event-id, range, x-amz-content-sha256",
  exposeHeaders: `content-disposition, content-range, etag, www-authenticate, x-amzn-requestid, ${contentLengthHeader}`,
  maxAgeSeconds: 600,
} as const;

/**
 * Whether a request header stays out of every preflight's answer: a cookie's, and what the guard says itself. `*` would
 * allow every name, and not only one that is called so.
 *
 * @param name in lower case.
 */
export function isKeptFromScripts(name: string): boolean {
  return /^(?:\*|cookie2?|host|x-(?:gatehouse|amz|forwarded)-.*)$/.test(name);
}

/**
 * An exact origin: scheme, host, optional port; http for this machine only. Also one of a scheme that is an app's own, as
 * `capacitor://localhost`: what such an app's pages send as `Origin`.
 */
export function isCorsOrigin(value: unknown): value is string {
  if (typeof value !== "string" || value.includes("*") || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (isAppScheme(url)) return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d+)?$/.test(value);
  if (url.origin !== value) return false;
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" &&
      /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(url.hostname))
  );
}

/** Schemes that belong to the web, to this machine's files or to no server. */
const commonScheme =
  /^(?:https?|wss?|ftp|file|filesystem|blob|data|about|javascript|vbscript|view-source|mailto|tel|sms|intent|urn):$/;

/** Whether a URL has a scheme of an app's own, which its system leads to the app. */
export function isAppScheme({ protocol }: URL): boolean {
  return !commonScheme.test(protocol);
}
