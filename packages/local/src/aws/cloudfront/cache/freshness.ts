import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import type { CachePolicy } from "../policies.ts";

/** CloudFront's error caching minimum TTL where nobody sets another. */
const errorTtlSeconds = 10;

export interface Freshness {
  /** How long the answer may be served again; 0: it is not kept. */
  readonly ttlSeconds: number;
  /** Whether requests that waited for this one get the same answer. */
  readonly shared: boolean;
}

/**
 * @param policy not caching-disabled.
 * @param headers of the answer.
 * @param nowMs for `Expires` of an answer without `Date`.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
export function freshnessOf(
  status: number,
  headers: readonly HeaderLine[],
  policy: CachePolicy,
  nowMs: number,
): Freshness {
  const { minTtlSeconds, defaultTtlSeconds, maxTtlSeconds } = policy;
  const directives = parseCacheControl(headers);
  const asked = askedAge(directives, headers, nowMs);
  const clamp = (seconds: number): number =>
    Math.min(Math.max(seconds, minTtlSeconds), maxTtlSeconds);
  const unwanted = ["no-store", "no-cache", "private"].some((name) => directives.has(name));
  const shared = minTtlSeconds > 0 || !(unwanted || asked === 0);
  if (unwanted && [404, 410, 414, 501].includes(status)) return { ttlSeconds: 0, shared };
  if ([404, 410, 414, 500, 501, 502, 503, 504].includes(status)) {
    return {
      ttlSeconds: Math.max(errorTtlSeconds, unwanted || asked === undefined ? 0 : clamp(asked)),
      shared,
    };
  }
  if ([400, 403, 405, 412, 415].includes(status))
    return { ttlSeconds: asked === undefined || unwanted ? 0 : clamp(asked), shared };
  if (status >= 400 || status === 206 || status === 304) return { ttlSeconds: 0, shared };
  if (unwanted) return { ttlSeconds: minTtlSeconds, shared };
  return {
    ttlSeconds: asked === undefined ? Math.max(minTtlSeconds, defaultTtlSeconds) : clamp(asked),
    shared,
  };
}

function askedAge(
  directives: ReadonlyMap<string, string>,
  headers: readonly HeaderLine[],
  nowMs: number,
): number | undefined {
  const maxAge = directives.get("s-maxage") ?? directives.get("max-age");
  if (maxAge !== undefined && /^\d+$/.test(maxAge)) return Number(maxAge);
  const expires = valuesOf(headers, "expires")[0];
  if (expires === undefined) return undefined;
  const sent = Date.parse(valuesOf(headers, "date")[0] ?? "");
  const seconds = (Date.parse(expires) - (Number.isNaN(sent) ? nowMs : sent)) / 1000;
  // An invalid date means the past.
  return Number.isNaN(seconds) ? 0 : Math.max(0, Math.floor(seconds));
}

function parseCacheControl(headers: readonly HeaderLine[]): Map<string, string> {
  const directives = new Map<string, string>();
  for (const part of valuesOf(headers, "cache-control").join(",").split(",")) {
    const [name = "", value = ""] = part.split("=");
    if (name.trim() !== "")
      directives.set(name.trim().toLowerCase(), value.trim().replaceAll('"', ""));
  }
  return directives;
}
