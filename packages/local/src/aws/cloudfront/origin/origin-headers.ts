import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { cloudFrontHeaders } from "./cloudfront-headers.ts";
import { forwardsCookies, isForwarded } from "../policies.ts";
import type { Policies } from "../policies.ts";
import { isRemovedFromViewer } from "../restricted-headers.ts";
import type { ViewerRequest } from "../viewer/viewer-request.ts";

export interface OriginHeadersOptions {
  readonly policies: Policies;
  readonly cachedMethods: readonly string[];
  readonly originDomainName: string;
  /** The name that this CloudFront server puts into `Via`. */
  readonly viaHost: string;
}

/**
 * The headers that an origin-request function sees: the viewer's, after the policies, with CloudFront's own.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
 */
export function toOriginHeaders(
  viewer: ViewerRequest,
  options: OriginHeadersOptions,
): HeaderLine[] {
  const { policies, cachedMethods, originDomainName, viaHost } = options;
  const { headers, method } = viewer;
  const lines = headers.filter(([name]) =>
    passes(name.toLowerCase(), method, policies, cachedMethods),
  );
  const encoding = policies.cache.compressed ? normalizedEncoding(headers) : undefined;
  if (encoding !== undefined) lines.push(["Accept-Encoding", encoding]);
  if (valuesOf(lines, "user-agent").length === 0) lines.push(["User-Agent", "Amazon CloudFront"]);
  lines.push([
    "X-Forwarded-For",
    [...valuesOf(headers, "x-forwarded-for"), viewer.address].join(", "),
  ]);
  lines.push([
    "Via",
    [...valuesOf(headers, "via"), `${viewer.httpVersion} ${viaHost} (CloudFront)`].join(", "),
  ]);
  if (valuesOf(lines, "host").length === 0) lines.push(["Host", originDomainName]);
  if (policies.originRequest.aboutViewer) lines.push(...cloudFrontHeaders(viewer));
  return lines;
}

function passes(
  name: string,
  method: string,
  policies: Policies,
  cachedMethods: readonly string[],
): boolean {
  // Whatever a viewer says of itself under these names, CloudFront says what it sees.
  if (isRemovedFromViewer(name) || name.startsWith("cloudfront-")) return false;
  switch (name) {
    case "x-forwarded-for":
    case "via":
      return false; // joined with CloudFront's own entry
    case "cookie":
      return forwardsCookies(policies);
    case "accept-encoding":
      return !policies.cache.compressed && isForwarded(policies, name);
    case "authorization":
      return isForwarded(policies, name) || !dropsAuthorization(method, cachedMethods);
    default:
      return isForwarded(policies, name) || isForwardedByDefault(name);
  }
}

/** The token is gone before the function runs, unless a policy asks for it. */
function dropsAuthorization(method: string, cachedMethods: readonly string[]): boolean {
  return (
    method === "GET" ||
    method === "HEAD" ||
    (method === "OPTIONS" && cachedMethods.includes("OPTIONS"))
  );
}

function isForwardedByDefault(name: string): boolean {
  const names = [
    "cache-control",
    "date",
    "origin",
    "pragma",
    "range",
    "transfer-encoding",
    "warning",
  ];
  return names.includes(name) || name.startsWith("content-") || name.startsWith("if-");
}

/** `br,gzip`, `gzip`, `br`, or nothing: one spelling for the cache key. */
function normalizedEncoding(headers: readonly HeaderLine[]): string | undefined {
  const accepted = valuesOf(headers, "accept-encoding")
    .join(",")
    .split(",")
    .filter((entry) => !/;\s*q=0(\.0*)?\s*$/i.test(entry))
    .map((entry) => entry.split(";")[0]?.trim().toLowerCase());
  const known = ["br", "gzip"].filter((encoding) => accepted.includes(encoding));
  return known.length === 0 ? undefined : known.join(",");
}
