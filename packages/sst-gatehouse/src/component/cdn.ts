import { type GateBehavior, isPublicSite } from "@sst-gatehouse/blueprint/behaviors";
import {
  type CacheBehavior,
  cacheBehavior as ofBackends,
  origin,
} from "@sst-gatehouse/blueprint/cache-behavior";
import { everyPath } from "@sst-gatehouse/blueprint/path-pattern";
import { guardedSite, publicSite } from "@sst-gatehouse/blueprint/site-bucket";

import type { GatedFunction } from "./backends.ts";
import type { GateContext } from "./gate-context.ts";
import type { GatedSite } from "./site.ts";

/** What has the distribution that the gate is on. */
// oxlint-disable-next-line typescript/no-redundant-type-constituents -- the linter does not see SST's types
export type GateCdn = sst.aws.Router | sst.aws.StaticSite;

/** What a distribution of the gate is made of. */
export interface CdnSource {
  readonly guard: aws.lambda.Function;
  readonly backends: readonly GatedFunction[];
  readonly site: GatedSite | undefined;
  /** In CloudFront's order; the last takes every path. */
  readonly behaviors: readonly GateBehavior[];
  readonly firewall?: aws.wafv2.WebAcl;
  readonly domain?: sst.aws.RouterArgs["domain"];
}

/** The origin of the site. Those of backends have a path for an id. */
const siteOrigin = "site";

/**
 * CloudFront in front of the Function URLs, with the guard on every request, and of the site, with the guard where it is
 * not for anyone.
 *
 * Inline routes, although SST calls them deprecated: they give the Function URL as a real origin, where newer ones let
 * a viewer function choose it at run time. Nothing of SST's own touches the request: its viewer function, which would
 * fail on large headers, stays unassociated.
 */
export function createCdn(context: GateContext, source: CdnSource): sst.aws.Router {
  const { parent, name, named } = context;
  const { backends, domain } = source;
  const routes = backends.flatMap(({ paths, url }) =>
    paths.map((path) => [path, { url, cachePolicy: ofBackends.cachePolicyId }] as const),
  );
  // The Router wants a route for every path, also where no backend takes it.
  if (!routes.some(([path]) => path === everyPath)) routes.push([everyPath, routes[0][1]]);
  return new sst.aws.Router(
    name,
    {
      routes: Object.fromEntries(routes),
      ...(domain && { domain }),
      transform: {
        cdn: (args) => {
          args.comment = named;
          args.origins = [];
          args.orderedCacheBehaviors = [];
          gateDistribution(args, context, source);
        },
      },
    },
    { parent },
  );
}

/**
 * Puts the gate into what SST has written of a distribution: the guard on every path that is not shown to anyone, and
 * origins beside its own.
 */
export function gateDistribution(
  args: sst.aws.CdnArgs,
  { stage }: GateContext,
  { guard, backends, site, behaviors, firewall }: CdnSource,
): void {
  /** Of a StaticSite: by which it shows its files. */
  const asWritten = $output(args.defaultCacheBehavior);
  // Written whole, not changed: nothing that the Router would add can slip in.
  const guarded = (targetOriginId: string, cacheBehavior: CacheBehavior) => ({
    targetOriginId,
    allowedMethods: [...cacheBehavior.allowedMethods],
    cachedMethods: [...cacheBehavior.cachedMethods],
    cachePolicyId: cacheBehavior.cachePolicyId,
    originRequestPolicyId: cacheBehavior.originRequestPolicyId,
    responseHeadersPolicyId: cacheBehavior.responseHeadersPolicyId,
    viewerProtocolPolicy: cacheBehavior.viewerProtocolPolicy,
    compress: false,
    lambdaFunctionAssociations: [{ ...cacheBehavior.trigger, lambdaArn: guard.qualifiedArn }],
  });
  const open = (own: GatedSite) => ({
    ...publicSite,
    targetOriginId: siteOrigin,
    allowedMethods: [...publicSite.allowedMethods],
    cachedMethods: [...publicSite.cachedMethods],
    ...(own.pages && {
      functionAssociations: [{ eventType: "viewer-request", functionArn: own.pages.arn }],
    }),
  });
  const made = (behavior: GateBehavior) => {
    if ("site" in behavior)
      return behavior.site === "public" && site ? open(site) : guarded(siteOrigin, guardedSite);
    const paths = backends.find((backend) => backend.name === behavior.backend)?.paths ?? [];
    const id = paths.includes(behavior.pattern) ? behavior.pattern : paths[0];
    return guarded(id, ofBackends);
  };
  const others = $output(args.orderedCacheBehaviors);
  const before = behaviors.slice(0, -1);
  const ordered = before.map((behavior) => {
    const { pattern: pathPattern } = behavior;
    return isPublicSite(behavior) && site === undefined
      ? asWritten.apply((own) => ({ ...own, pathPattern }))
      : { ...made(behavior), pathPattern };
  });
  args.defaultCacheBehavior = made(behaviors.at(-1)!);
  // What the app has written comes after every path of a backend, and may take one that the site would show.
  const guardedOnes = before.findLastIndex((behavior) => !isPublicSite(behavior)) + 1;
  args.orderedCacheBehaviors = others.apply((own = []) => [
    ...ordered.slice(0, guardedOnes),
    ...own,
    ...ordered.slice(guardedOnes),
  ]);
  const ofGate = backends.flatMap(({ paths, url }) =>
    paths.map((path) => ({
      originId: path,
      domainName: url.apply((address) => new URL(address).host),
      connectionAttempts: origin.connectionAttempts,
      connectionTimeout: origin.connectionTimeoutSeconds,
      customOriginConfig: {
        httpPort: 80,
        httpsPort: origin.port,
        originProtocolPolicy: "https-only",
        originSslProtocols: [...origin.sslProtocols],
        originReadTimeout: stage.originReadTimeoutSeconds,
        originKeepaliveTimeout: stage.originKeepaliveSeconds,
      },
    })),
  );
  args.origins = $output(args.origins).apply((own) => [
    ...own,
    ...ofGate,
    ...(site === undefined
      ? []
      : [
          {
            originId: siteOrigin,
            domainName: site.bucket.bucketRegionalDomainName,
            originAccessControlId: site.accessControl.id,
          },
        ]),
  ]);
  args.transform = {
    distribution: (distribution) => {
      distribution.httpVersion = "http2and3";
      distribution.isIpv6Enabled = true;
      if (firewall !== undefined) distribution.webAclId = firewall.arn;
    },
  };
}
