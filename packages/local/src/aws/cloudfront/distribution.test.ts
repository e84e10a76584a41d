import { CACHING_DISABLED, cacheBehavior, origin } from "@sst-gatehouse/blueprint/cache-behavior";
import { expect, test } from "vitest";

import { createClock } from "../clock.ts";

import { checkDistribution } from "./distribution.ts";
import type { CloudFrontOptions } from "./distribution.ts";
import { cachePolicies } from "./policies.ts";

const options: CloudFrontOptions = {
  domainName: "d111111abcdef8.cloudfront.net",
  distributionId: "EDFDVBD6EXAMPLE",
  behavior: cacheBehavior,
  origin: { ...origin, domainName: "origin.example" },
  dial: { host: "127.0.0.1", port: 1 },
  edge: { invoke: () => Promise.reject(new Error("not called")), timeoutSeconds: 30 },
  clock: createClock(),
  explain: () => {},
};

const refusals: [why: string, change: Partial<CloudFrontOptions>, message: string][] = [
  [
    "a cache policy that does not exist",
    { behavior: { ...cacheBehavior, cachePolicyId: "x" } },
    "no cache policy has the id x",
  ],
  [
    "a policy id that every object has",
    { behavior: { ...cacheBehavior, cachePolicyId: "toString" } },
    "no cache policy has the id toString",
  ],
  [
    "an origin request policy that does not exist",
    { behavior: { ...cacheBehavior, originRequestPolicyId: "x" } },
    "no origin request policy has the id x",
  ],
  [
    "a set of methods that CloudFront does not have",
    { behavior: { ...cacheBehavior, allowedMethods: ["GET", "HEAD", "POST"] } },
    "CloudFront would not take this distribution: allowedMethods is not one of CloudFront's three sets",
  ],
  [
    "POST among the cached methods",
    { behavior: { ...cacheBehavior, cachedMethods: cacheBehavior.allowedMethods } },
    "CloudFront would not take this distribution: cachedMethods is neither GET, HEAD nor GET, HEAD, OPTIONS",
  ],
  [
    "four connection attempts",
    { origin: { ...options.origin, connectionAttempts: 4 } },
    "CloudFront would not take this distribution: connectionAttempts must be 1, 2 or 3",
  ],
  [
    "a connection timeout of 11 seconds",
    { origin: { ...options.origin, connectionTimeoutSeconds: 11 } },
    "CloudFront would not take this distribution: connectionTimeoutSeconds must be at most 10",
  ],
  [
    "a read timeout of 121 seconds",
    { origin: { ...options.origin, readTimeoutSeconds: 121 } },
    "CloudFront would not take this distribution: readTimeoutSeconds must be at most 120",
  ],
  [
    "an idle connection of 121 seconds",
    { origin: { ...options.origin, keepaliveTimeoutSeconds: 121 } },
    "CloudFront would not take this distribution: keepaliveTimeoutSeconds must be at most 120",
  ],
  [
    "an edge function of 31 seconds",
    { edge: { ...options.edge!, timeoutSeconds: 31 } },
    "CloudFront would not take this distribution: an origin-request function may run for 30 seconds at most",
  ],
];

test.each(refusals)("refuses %s", (_why, change, message) => {
  expect(() => checkDistribution({ ...options, ...change })).toThrow(new TypeError(message));
});

test("takes the blueprint's behaviour, whose policies cache nothing and forward everything but Host", () => {
  expect(checkDistribution(options)).toEqual({
    cache: cachePolicies[CACHING_DISABLED],
    originRequest: {
      headers: { allViewerExcept: ["host"] },
      aboutViewer: true,
      cookies: "all",
      queryStrings: "all",
    },
  });
});
