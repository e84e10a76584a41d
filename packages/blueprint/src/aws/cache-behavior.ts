/** Managed policy: nothing in the cache key, all TTLs 0, no request collapsing. */
export const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** Managed policy: every viewer header but Host, every cookie, the whole query; made for Function URL origins. */
export const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Managed policy: adds the headers of `response-headers.ts` to answers. */
export const SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/** What CloudFront is told about every protected path, on AWS and on the laptop. */
export interface CacheBehavior {
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string;
  readonly responseHeadersPolicyId: string;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  readonly viewerProtocolPolicy: "redirect-to-https";
  readonly trigger: { readonly eventType: "origin-request"; readonly includeBody: true };
}

/** Apart from the rest, which the guard has no use for. */
export const allowedMethods: readonly string[] = [
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "POST",
  "PATCH",
  "DELETE",
];

export const cacheBehavior: CacheBehavior = {
  cachePolicyId: CACHING_DISABLED,
  originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
  responseHeadersPolicyId: SECURITY_HEADERS,
  allowedMethods,
  cachedMethods: ["GET", "HEAD"],
  viewerProtocolPolicy: "redirect-to-https",
  trigger: { eventType: "origin-request", includeBody: true },
};

/** How CloudFront speaks to the Function URL. The read timeout also counts between two packets of a stream. */
export const origin = {
  protocol: "https",
  port: 443,
  sslProtocols: ["TLSv1.2"],
  connectionAttempts: 3,
  connectionTimeoutSeconds: 10,
  readTimeoutSeconds: 30,
  keepaliveTimeoutSeconds: 5,
} as const;

/**
 * Headers of a request to a Function URL, in bytes. Users report that it refuses more than about 10,240 with 413; the rest
 * is for what CloudFront adds after the guard.
 *
 * @see https://github.com/anomalyco/sst/issues/5705
 */
export const originHeaderBytes = 10_240 - 512;
