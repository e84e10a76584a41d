import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";

/** What is left of the viewer's headers. */
export function withoutRefusedHeaders(headers: HttpHeaders): HttpHeaders {
  const kept: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(headers)) {
    if (!isRefusedHeader(name)) kept[name] = values;
  }
  return kept;
}

/**
 * The hash a client declares for a body that CloudFront hides from the guard: one value, 64 lower-case hex digits.
 * Lambda compares it with the bytes that arrive, so it is a promise, never an identity.
 */
export function declaredBodyHash(headers: HttpHeaders): string | undefined {
  const hash = only(headers["x-amz-content-sha256"]);
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** The one value of a header; a repeated one says nothing. */
export function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
