import { cacheBehavior, origin } from "@sst-gatehouse/blueprint/cache-behavior";

import type { GatedFunction } from "./backends.ts";
import type { GateContext } from "./gate-context.ts";

export interface CdnSource {
  readonly guard: aws.lambda.Function;
  readonly backends: readonly GatedFunction[];
  readonly firewall?: aws.wafv2.WebAcl;
  readonly domain?: sst.aws.RouterArgs["domain"];
}

/**
 * CloudFront in front of the Function URLs, with the guard on every request.
 *
 * Inline routes, although SST calls them deprecated: they give the Function URL as a real origin, where newer ones let
 * a viewer function choose it at run time. Nothing of SST's own touches the request: its viewer function, which would
 * fail on large headers, stays unassociated.
 */
export function createCdn(
  { parent, name, named, stage }: GateContext,
  { guard, backends, firewall, domain }: CdnSource,
): sst.aws.Router {
  // Written whole, not changed: nothing that the Router would add can slip in.
  const guarded = (targetOriginId: string) => ({
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
  const routes = backends.flatMap(({ paths, url }) =>
    paths.map((path) => [path, { url, cachePolicy: cacheBehavior.cachePolicyId }] as const),
  );
  return new sst.aws.Router(
    name,
    {
      routes: Object.fromEntries(routes),
      ...(domain && { domain }),
      transform: {
        cdn: (args) => {
          args.comment = named;
          args.defaultCacheBehavior = $output(args.defaultCacheBehavior).apply(
            ({ targetOriginId }) => guarded(targetOriginId),
          );
          args.orderedCacheBehaviors = $output(args.orderedCacheBehaviors ?? []).apply(
            (behaviors) =>
              behaviors.map(({ targetOriginId, pathPattern }) => ({
                ...guarded(targetOriginId),
                pathPattern,
              })),
          );
          args.origins = $output(args.origins).apply((origins) =>
            origins.map(({ originId, domainName }) => ({
              originId,
              domainName,
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
          args.transform = {
            distribution: (distribution) => {
              distribution.httpVersion = "http2and3";
              distribution.isIpv6Enabled = true;
              if (firewall !== undefined) distribution.webAclId = firewall.arn;
            },
          };
        },
      },
    },
    { parent },
  );
}
