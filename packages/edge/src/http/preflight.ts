import { tokenPattern } from "@sst-gatehouse/blueprint/cookies";
import { cors, isKeptFromScripts } from "@sst-gatehouse/blueprint/cors";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";
import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";

import { only, trimmed } from "./viewer-headers.ts";

/** A CORS preflight, as browsers send it before a cross-origin call with a bearer token. */
export function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

/**
 * A listed origin is told that it may send what it asks for, because libraries have headers of their own. What counts is
 * that it cannot bring cookies along, and cannot send what the guard says itself or drops.
 */
export function preflightHeaders(
  headers: HttpHeaders,
  { corsOrigins, corsRequestHeaders }: Pick<GuardSettings, "corsOrigins" | "corsRequestHeaders">,
): Record<string, string> {
  const answer = corsHeaders(headers, corsOrigins);
  if (answer["access-control-allow-origin"] === undefined) return answer;
  const asked = askedNames(headers["access-control-request-headers"] ?? []).filter(
    (name) => corsRequestHeaders?.includes(name) ?? true,
  );
  return {
    ...answer,
    "access-control-allow-methods": cors.allowMethods,
    "access-control-allow-headers": [...new Set([...cors.allowHeaders.split(", "), ...asked])].join(
      ", ",
    ),
    "access-control-max-age": String(cors.maxAgeSeconds),
    vary: "Origin, Access-Control-Request-Headers",
  };
}

/** More names than any browser asks for are as good as none. */
const maxAskedCharacters = 2048;

/** In lower case. */
function askedNames(lines: readonly string[]): readonly string[] {
  const asked = lines.join(",");
  if (asked.length > maxAskedCharacters) return [];
  return asked
    .split(",")
    .map(trimmed)
    .filter((name) => tokenPattern.test(name))
    .map((name) => name.toLowerCase())
    .filter((name) => !isKeptFromScripts(name) && !isRefusedHeader(name));
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
