import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import type { CachePolicy } from "../policies.ts";
import type { ViewerRequest } from "../viewer/viewer-request.ts";

/**
 * What makes two requests the same to the cache: path and query as typed, and the headers and cookies of the cache policy, nothing else.
 * `Authorization` is in no key here, so a cached answer goes to everyone.
 *
 * @param originHeaders as `toOriginHeaders` made them, where `Accept-Encoding` is already normalised.
 * @returns undefined for what goes past the cache: caching disabled, other methods, ranges.
 */
export function toCacheKey(
  viewer: ViewerRequest,
  originHeaders: readonly HeaderLine[],
  policy: CachePolicy,
  cachedMethods: readonly string[],
): string | undefined {
  if (
    policy.maxTtlSeconds === 0 ||
    !cachedMethods.includes(viewer.method) ||
    valuesOf(viewer.headers, "range").length > 0
  )
    return undefined;
  return JSON.stringify([
    viewer.method,
    viewer.path,
    policy.queryStrings === "all" ? viewer.query : "",
    policy.headers.map((name) => valuesOf(viewer.headers, name)),
    policy.cookies === "all" ? valuesOf(viewer.headers, "cookie") : [],
    policy.compressed ? valuesOf(originHeaders, "accept-encoding") : [],
  ]);
}
