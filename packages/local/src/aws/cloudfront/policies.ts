import {
  ALL_VIEWER_EXCEPT_HOST_HEADER,
  CACHING_DISABLED,
} from "@sst-gatehouse/blueprint/cache-behavior";

import type { CacheBehavior } from "@sst-gatehouse/blueprint/cache-behavior";

/** Without an origin request policy, the origin gets the cache key and no more. */
export type Behavior = Pick<CacheBehavior, "allowedMethods" | "cachedMethods" | "cachePolicyId"> & {
  readonly originRequestPolicyId?: string;
};

/** What the cache key holds and how long an answer stays. What is in the key also goes to the origin. */
export interface CachePolicy {
  readonly minTtlSeconds: number;
  readonly defaultTtlSeconds: number;
  readonly maxTtlSeconds: number;
  /** Lower-case names. */
  readonly headers: readonly string[];
  readonly cookies: "none" | "all";
  readonly queryStrings: "none" | "all";
  /** Whether `Accept-Encoding` is normalised to gzip and br, and is in the key. */
  readonly compressed: boolean;
}

/** What goes to the origin besides the cache key. */
export interface OriginRequestPolicy {
  /** Lower-case names, or every viewer header but some. */
  readonly headers: readonly string[] | { readonly allViewerExcept: readonly string[] };
  /** Whether CloudFront adds its own about the viewer (`CloudFront-Viewer-*` and others). */
  readonly aboutViewer?: true;
  readonly cookies: "none" | "all";
  readonly queryStrings: "none" | "all";
}

/** The two policies of a behaviour, found by their ids. */
export interface Policies {
  readonly cache: CachePolicy;
  readonly originRequest: OriginRequestPolicy;
}

const oneYearSeconds = 31_536_000;
const keyless = { headers: [], cookies: "none", queryStrings: "none" } as const;

/**
 * Cache policies by id: AWS's managed ones, and one that a wrong deployment would use.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const cachePolicies: Readonly<Record<string, CachePolicy>> = {
  [CACHING_DISABLED]: {
    minTtlSeconds: 0,
    defaultTtlSeconds: 0,
    maxTtlSeconds: 0,
    ...keyless,
    compressed: false,
  },
  // CachingOptimized
  "658327ea-f89d-4fab-a63d-7e88639e58f6": {
    minTtlSeconds: 1,
    defaultTtlSeconds: 86_400,
    maxTtlSeconds: oneYearSeconds,
    ...keyless,
    compressed: true,
  },
  // What SST's Router makes when it is given no policy. AWS gives each one a different id, so this name is used instead.
  "sst-router-default": {
    minTtlSeconds: 0,
    defaultTtlSeconds: 0,
    maxTtlSeconds: oneYearSeconds,
    headers: ["x-open-next-cache-key", "x-forwarded-host"],
    cookies: "none",
    queryStrings: "all",
    compressed: true,
  },
};

/**
 * Managed origin request policies by id.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const originRequestPolicies: Readonly<Record<string, OriginRequestPolicy>> = {
  [ALL_VIEWER_EXCEPT_HOST_HEADER]: {
    headers: { allViewerExcept: ["host"] },
    // Users' recordings have them; AWS's page speaks of the viewer's headers only.
    aboutViewer: true,
    cookies: "all",
    queryStrings: "all",
  },
  // AllViewer: forwards Host too, which no Function URL takes.
  "216adef6-5c7f-47e4-b989-5492eafa07d3": {
    headers: { allViewerExcept: [] },
    cookies: "all",
    queryStrings: "all",
  },
  // UserAgentRefererHeaders
  "acba4595-bd28-49b8-b9fe-13317c0390fa": {
    headers: ["user-agent", "referer"],
    cookies: "none",
    queryStrings: "none",
  },
};

/** @throws {TypeError} for an id that is not in the tables above: AWS refuses such a distribution as well. */
export function findPolicies(behavior: Behavior): Policies {
  const cache = own(cachePolicies, behavior.cachePolicyId);
  const originRequest =
    behavior.originRequestPolicyId === undefined
      ? keyless
      : own(originRequestPolicies, behavior.originRequestPolicyId);
  if (cache === undefined)
    throw new TypeError(`no cache policy has the id ${behavior.cachePolicyId}`);
  if (originRequest === undefined)
    throw new TypeError(`no origin request policy has the id ${behavior.originRequestPolicyId}`);
  return { cache, originRequest };
}

function own<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

/** Whether one of the policies asks for this header. @param name lower case. */
export function isForwarded({ cache, originRequest }: Policies, name: string): boolean {
  const { headers } = originRequest;
  if (cache.headers.includes(name)) return true;
  return "allViewerExcept" in headers
    ? !headers.allViewerExcept.includes(name)
    : headers.includes(name);
}

export function forwardsCookies({ cache, originRequest }: Policies): boolean {
  return cache.cookies === "all" || originRequest.cookies === "all";
}

export function forwardsQueryStrings({ cache, originRequest }: Policies): boolean {
  return cache.queryStrings === "all" || originRequest.queryStrings === "all";
}
