/**
 * What cross-origin callers are told, by the guard for preflights and refusals and by the backend for answers. The same
 * for every path and caller, so a preflight tells nothing about what exists.
 */
export const cors = {
  allowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
  allowHeaders:
    "authorization, content-type, if-match, if-none-match, last-event-id, range, x-amz-content-sha256",
  exposeHeaders: "content-disposition, content-range, etag, www-authenticate, x-amzn-requestid",
  maxAgeSeconds: 600,
} as const;
