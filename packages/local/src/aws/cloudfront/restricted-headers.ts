const disallowedNames = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "trailer",
  "upgrade",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-limit-rate",
  "x-accel-redirect",
  "x-amzn-auth",
  "x-amzn-cf-billing",
  "x-amzn-cf-id",
  "x-amzn-cf-xff",
  "x-amzn-errortype",
  "x-amzn-fle-profile",
  "x-amzn-header-count",
  "x-amzn-header-order",
  "x-amzn-lambda-integration-tag",
  "x-amzn-requestid",
  "x-cache",
  "x-forwarded-proto",
  "x-real-ip",
]);

/**
 * Headers that edge functions never see and may not return.
 *
 * @param name lower case.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export function isDisallowed(name: string): boolean {
  return disallowedNames.has(name) || name.startsWith("x-amz-cf-") || name.startsWith("x-edge-");
}

/** Headers that an origin-request function sees and must return as they were. Same page as above. */
export const readOnlyNames = [
  "accept-encoding",
  "cdn-loop",
  "content-length",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "transfer-encoding",
  "via",
] as const;

/**
 * Headers that never go from the viewer to the origin.
 *
 * @param name lower case.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
 */
export function isRemovedFromViewer(name: string): boolean {
  return (
    isDisallowed(name) ||
    name === "te" ||
    name === "x-http-method-override" ||
    name.startsWith("proxy-")
  );
}

const hopByHopNames = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers that belong to one connection and are not passed on. @param name lower case. */
export function isHopByHop(name: string): boolean {
  return hopByHopNames.has(name);
}

const deniedCustomNames = new Set([
  "cache-control",
  "connection",
  "content-length",
  "cookie",
  "host",
  "max-forwards",
  "pragma",
  "range",
  "request-range",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-real-ip",
]);

/**
 * Headers that cannot be among the custom headers of an origin; the signature's own are among them.
 *
 * @param name lower case.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-denylist
 */
export function isDeniedAsCustomHeader(name: string): boolean {
  return (
    deniedCustomNames.has(name) ||
    ["x-amz-", "x-edge-", "if-", "proxy-"].some((prefix) => name.startsWith(prefix))
  );
}
