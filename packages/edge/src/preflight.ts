import type { HttpHeaders, HttpRequest } from "@gatehouse/core/http-request";

/** Lists are the same for every path and caller, so a preflight tells nothing about what exists. */
const allowMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
const allowHeaders =
  "authorization, content-type, if-match, if-none-match, last-event-id, range, x-amz-content-sha256";
const exposeHeaders =
  "content-disposition, content-range, etag, www-authenticate, x-amzn-requestid";
const maxAgeSeconds = 600;

/** A CORS preflight, as browsers send it before a cross-origin call with a bearer token. */
export function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

export function preflightHeaders(
  headers: HttpHeaders,
  corsOrigins: readonly string[],
): Record<string, string> {
  const cors = corsHeaders(headers, corsOrigins);
  if (cors["access-control-allow-origin"] === undefined) return cors;
  return {
    ...cors,
    "access-control-allow-methods": allowMethods,
    "access-control-allow-headers": allowHeaders,
    "access-control-max-age": String(maxAgeSeconds),
  };
}

/**
 * CORS is for bearer clients: an exact listed origin, never `null`, and never `Access-Control-Allow-Credentials`, so
 * no cookie ever works across origins.
 */
export function corsHeaders(
  headers: HttpHeaders,
  corsOrigins: readonly string[],
): Record<string, string> {
  const origins = headers["origin"];
  const only = origins?.length === 1 ? origins[0] : undefined;
  if (only === undefined || !corsOrigins.includes(only)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": only,
    "access-control-expose-headers": exposeHeaders,
    vary: "Origin",
  };
}
