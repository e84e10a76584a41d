import {
  type CacheBehavior,
  cacheBehavior as blueprint,
  CACHING_DISABLED,
} from "@sst-gatehouse/blueprint/cache-behavior";
import { CACHING_OPTIMIZED, guardedSite, publicSite } from "@sst-gatehouse/blueprint/site-bucket";

import { behaviorsIn } from "../facts/behaviors-in.ts";
import type { SiteParts } from "../facts/site-parts.ts";
import type { Chain } from "../facts/chain.ts";
import {
  isAbsent,
  type JsonObject,
  sameJson,
  sameSet,
  toList,
  toObject,
} from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

const knownMembers = new Set([
  "allowedMethods",
  "cachePolicyId",
  "cachedMethods",
  "compress",
  "functionAssociations",
  "lambdaFunctionAssociations",
  "originRequestPolicyId",
  "pathPattern",
  "responseHeadersPolicyId",
  "targetOriginId",
  "viewerProtocolPolicy",
]);

/** Members that say nothing when they are zero, false or empty. */
const silentDefaults = new Set<unknown>([0, false, ""]);

/**
 * Every path that CloudFront answers for has the guard in front of it, or is a public one of the site or of the app's own
 * StaticSite, and nothing works behind its back.
 */
export function checkCacheBehaviors(chain: Chain): readonly Violation[] {
  const { distribution, site, appOrigins } = chain;
  return unmet(
    distribution,
    behaviorsIn(distribution).flatMap(({ name, inputs, host, hasEdgeFunction }) => {
      if (appOrigins.has(host)) return appExpectations(name, inputs);
      const isSite = site !== undefined && host === site.host;
      return [
        ...(isSite && !hasEdgeFunction
          ? publicExpectations(name, inputs, site)
          : [
              ...guardExpectations(name, inputs, chain),
              ...cacheExpectations(name, inputs, isSite ? guardedSite : blueprint),
            ]),
        ...pathExpectations(name, inputs, chain),
      ];
    }),
  );
}

/** A path that the app shows by itself: how, is the app's own to choose, but nothing of a session leaves by it. */
function appExpectations(name: string, behavior: JsonObject): readonly Expectation[] {
  const policy = behavior["cachePolicyId"];
  return [
    {
      rule: "behaviour-app-forwards",
      holds:
        (policy === CACHING_OPTIMIZED || policy === CACHING_DISABLED) &&
        isAbsent(behavior["forwardedValues"]) &&
        (isAbsent(behavior["originRequestPolicyId"]) || behavior["originRequestPolicyId"] === ""),
      message: `${name} has no guard, and another policy than the managed CachingOptimized or CachingDisabled, or one for origin requests; sessions are cookies of this address, and the origin's owner would get them: take one of the two, as SST's StaticSite does, and no origin request policy`,
    },
    {
      rule: "behaviour-redirect",
      holds: ["redirect-to-https", "https-only"].includes(String(behavior["viewerProtocolPolicy"])),
      message: `${name} answers over http; what it shows could be changed on the way, and read a session's answers: set viewerProtocolPolicy to redirect-to-https`,
    },
  ];
}

/** A path of the site that is for anyone: which ones those are, is for the rule of the site. */
function publicExpectations(
  name: string,
  behavior: JsonObject,
  { pages }: SiteParts,
): readonly Expectation[] {
  return [
    {
      rule: "behaviour-public-function",
      holds:
        pages !== undefined &&
        sameJson(behavior["functionAssociations"], [
          { eventType: "viewer-request", functionArn: attributeOf(pages, "arn") },
        ]),
      message: `${name} does not have exactly the site's function; paths that can be read in two ways would reach the bucket: associate it at viewer-request`,
    },
    {
      rule: "behaviour-public-cache",
      holds:
        behavior["cachePolicyId"] === publicSite.cachePolicyId &&
        (isAbsent(behavior["originRequestPolicyId"]) || behavior["originRequestPolicyId"] === ""),
      message: `${name} does not have exactly the managed policy CachingOptimized; a viewer's headers or query would reach the bucket, or the cache: take the blueprint's publicSite, without an origin request policy`,
    },
    ...viewerExpectations(name, behavior, publicSite),
  ];
}

function guardExpectations(
  name: string,
  behavior: JsonObject,
  { guard }: Chain,
): readonly Expectation[] {
  const associations = toList(behavior["lambdaFunctionAssociations"]).map(toObject);
  const [association = {}] = associations;
  const version = attributeOf(guard, "qualifiedArn");
  return [
    {
      rule: "behaviour-guard",
      holds: associations.length === 1 && association["lambdaArn"] === version,
      message: `${name} does not have exactly the guard, version ${version}, as its only function; without it AWS refuses every request, and another function would decide instead: associate the guard's qualifiedArn`,
    },
    {
      rule: "behaviour-guard-version",
      holds: /:function:[\w-]+:\d+$/.test(String(association["lambdaArn"])),
      message: `${name} does not name a numbered version; CloudFront refuses $LATEST and aliases: use qualifiedArn, and publish the guard`,
    },
    {
      rule: "behaviour-guard-event",
      holds: association["eventType"] === blueprint.trigger.eventType,
      message: `${name} runs the guard at ${String(association["eventType"])}; only at ${blueprint.trigger.eventType} does it see the request as the backend gets it: take the blueprint's trigger`,
    },
    {
      rule: "behaviour-guard-body",
      holds: association["includeBody"] === blueprint.trigger.includeBody,
      message: `${name} hides the body from the guard; it could sign no upload: set includeBody to true`,
    },
    {
      rule: "behaviour-function",
      holds: isAbsent(behavior["functionAssociations"]),
      message: `${name} has a CloudFront function; it would change requests or answers behind the guard's back, and it fails on headers over 10 KB: set functionAssociations to []`,
    },
  ];
}

function cacheExpectations(
  name: string,
  behavior: JsonObject,
  expected: CacheBehavior,
): readonly Expectation[] {
  return [
    {
      rule: "behaviour-cache",
      holds: behavior["cachePolicyId"] === expected.cachePolicyId,
      message: `${name} has another cache policy than the managed CachingDisabled; the guard does not run on a cache hit, so one caller would get another's answer: take the blueprint's cachePolicyId`,
    },
    {
      rule: "behaviour-origin-request",
      holds: behavior["originRequestPolicyId"] === expected.originRequestPolicyId,
      message: `${name} has another origin request policy than the managed AllViewerExceptHostHeader; the guard would not see Authorization, or the Function URL would get a Host header that it refuses: take the blueprint's originRequestPolicyId`,
    },
    ...viewerExpectations(name, behavior, expected),
  ];
}

function viewerExpectations(
  name: string,
  behavior: JsonObject,
  expected: Pick<CacheBehavior, "allowedMethods" | "cachedMethods" | "viewerProtocolPolicy">,
): readonly Expectation[] {
  return [
    {
      rule: "behaviour-methods",
      holds:
        sameSet(behavior["allowedMethods"], expected.allowedMethods) &&
        sameSet(behavior["cachedMethods"], expected.cachedMethods),
      message: `${name} does not allow exactly the blueprint's methods; CloudFront would answer the others with 403: take them from the blueprint's cacheBehavior`,
    },
    {
      rule: "behaviour-redirect",
      holds: behavior["viewerProtocolPolicy"] === expected.viewerProtocolPolicy,
      message: `${name} does not redirect to https; tokens would travel in clear text: take the blueprint's viewerProtocolPolicy`,
    },
  ];
}

function pathExpectations(
  name: string,
  behavior: JsonObject,
  { distribution }: Chain,
): readonly Expectation[] {
  const origins = toList(inputOf(distribution, "origins")).map(
    (origin) => toObject(origin)["originId"],
  );
  const unknown = Object.keys(behavior).filter(
    (member) =>
      !knownMembers.has(member) &&
      !isAbsent(behavior[member]) &&
      !silentDefaults.has(behavior[member]) &&
      !sameJson(behavior[member], { enabled: false }),
  );
  return [
    {
      rule: "behaviour-origin",
      holds: origins.includes(behavior["targetOriginId"]),
      message: `${name} leads to ${String(behavior["targetOriginId"])}, which is not an origin of the distribution; CloudFront refuses that: name one of its origins`,
    },
    {
      rule: "behaviour-headers",
      holds: behavior["responseHeadersPolicyId"] === blueprint.responseHeadersPolicyId,
      message: `${name} has another response headers policy than the managed SecurityHeadersPolicy; answers would lack HSTS, nosniff, frame and referrer headers, or gain CORS and cookies that nobody here has decided about: take the blueprint's responseHeadersPolicyId, and set further headers in the backend`,
    },
    {
      rule: "behaviour-setting",
      holds: unknown.length === 0,
      message: `${name} sets ${unknown.join(", ")}; a setting that changes, caches or carries requests differently (gRPC skips the guard) is refused until it has been reviewed: remove it`,
    },
  ];
}
