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

/** An exact web origin: scheme, host, optional port; http for this machine only. */
export function isCorsOrigin(value: unknown): value is string {
  if (typeof value !== "string" || value.includes("*") || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.origin !== value) return false;
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" &&
      /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(url.hostname))
  );
}
