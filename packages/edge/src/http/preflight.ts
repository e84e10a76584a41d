import { cors } from "@sst-gatehouse/blueprint/cors";
import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";

import { only } from "./viewer-headers.ts";

/** A CORS preflight, as browsers send it before a cross-origin call with a bearer token. */
export function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

export function preflightHeaders(
  headers: HttpHeaders,
  corsOrigins: readonly string[],
): Record<string, string> {
  const answer = corsHeaders(headers, corsOrigins);
  if (answer["access-control-allow-origin"] === undefined) return answer;
  return {
    ...answer,
    "access-control-allow-methods": cors.allowMethods,
    "access-control-allow-headers": cors.allowHeaders,
    "access-control-max-age": String(cors.maxAgeSeconds),
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
  const origin = only(headers["origin"]);
  if (origin === undefined || !corsOrigins.includes(origin)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": cors.exposeHeaders,
    vary: "Origin",
  };
}
