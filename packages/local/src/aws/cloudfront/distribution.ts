import type { origin as blueprintOrigin } from "@sst-gatehouse/blueprint/cache-behavior";
import type { ResponseHeader } from "@sst-gatehouse/blueprint/response-headers";

import type { Clock } from "../clock.ts";
import type { Explain, Watch } from "../explain.ts";
import type { Invocation } from "../lambda/invocation.ts";

import type { Dial } from "./origin/origin-fetch.ts";
import { findPolicies } from "./policies.ts";
import type { Behavior, Policies } from "./policies.ts";

type Loosened<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] };

/** What a CloudFront function makes of a request: of its path, as it came. */
export type ViewerFunction = (
  uri: string,
) => { readonly uri: string } | { readonly statusCode: number; readonly statusDescription: string };

/** One distribution with one behaviour, one origin and at most one origin-request function. */
export interface CloudFrontOptions {
  /** `<id>.cloudfront.net`: what edge functions see as `config.distributionDomainName`. */
  readonly domainName: string;
  readonly distributionId: string;
  readonly behavior: Behavior;
  /** The behaviour's response headers policy; none when absent. */
  readonly responseHeaders?: readonly ResponseHeader[];
  /** The Function URL's host, or a bucket's, and how CloudFront speaks to it. Fractions of a second are fine. */
  readonly origin: { readonly domainName: string } & Loosened<typeof blueprintOrigin>;
  /** Whether the origin is a bucket, for which CloudFront signs. */
  readonly isBucket?: boolean;
  /** The code of a CloudFront function at viewer-request, or what somebody else's does. */
  readonly viewerFunction?: string | ViewerFunction;
  /**
   * A development server in the place of the origin, by its own `Host`. It is asked for what the viewer asked for, whatever
   * the functions made of it.
   */
  readonly devServer?: string;
  /** Where that host listens on this machine. */
  readonly dial: Dial | (() => Dial);
  /** `timeoutSeconds` is the function's own; the code that runs the function enforces it. */
  readonly edge?: { invoke(event: unknown): Promise<Invocation>; readonly timeoutSeconds: number };
  readonly clock: Clock;
  readonly explain: Explain;
  readonly watch?: Watch;
}

const methodSets = ["GET,HEAD", "GET,HEAD,OPTIONS", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"];

/**
 * Checks what AWS would check when the distribution is made.
 *
 * @returns the behaviour's policies.
 * @throws {TypeError} naming the setting.
 */
export function checkDistribution({ behavior, origin, edge }: CloudFrontOptions): Policies {
  demand(
    methodSets.includes(sorted(behavior.allowedMethods)),
    "allowedMethods is not one of CloudFront's three sets",
  );
  demand(
    methodSets.slice(0, 2).includes(sorted(behavior.cachedMethods)),
    "cachedMethods is neither GET, HEAD nor GET, HEAD, OPTIONS",
  );
  demand([1, 2, 3].includes(origin.connectionAttempts), "connectionAttempts must be 1, 2 or 3");
  demand(origin.connectionTimeoutSeconds <= 10, "connectionTimeoutSeconds must be at most 10");
  demand(origin.readTimeoutSeconds <= 120, "readTimeoutSeconds must be at most 120");
  demand(origin.keepaliveTimeoutSeconds <= 120, "keepaliveTimeoutSeconds must be at most 120");
  demand(
    (edge?.timeoutSeconds ?? 0) <= 30,
    "an origin-request function may run for 30 seconds at most",
  );
  const policies = findPolicies(behavior);
  const { cache } = policies;
  const keyed = cache.headers.length > 0 || cache.cookies === "all" || cache.queryStrings === "all";
  demand(
    cache.maxTtlSeconds > 0 || !keyed,
    "a cache policy with caching disabled cannot name headers, cookies or query strings",
  );
  return policies;
}

function demand(holds: boolean, why: string): void {
  if (!holds) throw new TypeError(`CloudFront would not take this distribution: ${why}`);
}

function sorted(methods: readonly string[]): string {
  return methods.toSorted().join(",");
}
