import type { HttpHeaders } from "@gatehouse/core/http-request";

/** Names a viewer may not send: ours, AWS's own, and those that make frameworks see another path or method. */
const refusedPrefixes = ["x-gatehouse-", "x-amz-", "x-amzn-oidc-", "x-http-method"];
const refusedNames = new Set(["x-original-url", "x-rewrite-url", "x-method-override"]);

/** What is left of the viewer's headers. `_` counts as `-`, because some servers read them as the same. */
export function withoutRefusedHeaders(headers: HttpHeaders): HttpHeaders {
  const kept: Record<string, readonly string[]> = Object.create(null);
  for (const [name, values] of Object.entries(headers)) {
    if (!isRefused(name)) kept[name] = values;
  }
  return kept;
}

function isRefused(name: string): boolean {
  const plain = name.replaceAll("_", "-").toLowerCase();
  return refusedNames.has(plain) || refusedPrefixes.some((prefix) => plain.startsWith(prefix));
}

/**
 * The hash a client declares for a body that CloudFront hides from the guard: one value, 64 lower-case hex digits.
 * Lambda compares it with the bytes that arrive, so it is a promise, never an identity.
 */
export function declaredBodyHash(headers: HttpHeaders): string | undefined {
  const values = headers["x-amz-content-sha256"];
  const only = values?.length === 1 ? values[0] : undefined;
  return only !== undefined && /^[0-9a-f]{64}$/.test(only) ? only : undefined;
}
