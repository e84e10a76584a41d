import { cacheBehavior, origin } from "@sst-gatehouse/blueprint/cache-behavior";

import { backends } from "./backends.ts";
import { firewall } from "./firewall.ts";
import { named, stage } from "./stage.ts";

/**
 * CloudFront in front of the Function URL, with the guard on every request.
 *
 * Inline routes, although SST calls them deprecated: they give the Function URL as a real origin, where newer ones let
 * a viewer function choose it at run time. Nothing of SST's own touches the request: its viewer function, which would
 * fail on large headers, stays unassociated.
 */
export function createCdn(guard: aws.lambda.Function): sst.aws.Router {
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
  return new sst.aws.Router("Cdn", {
    routes: Object.fromEntries(
      backends.map(({ path, url }) => [path, { url, cachePolicy: cacheBehavior.cachePolicyId }]),
    ),
    ...(stage.domain === undefined
      ? {}
      : { domain: { name: stage.domain, cert: stage.certificateArn!, dns: false as const } }),
    transform: {
      cdn: (args) => {
        args.comment = named;
        args.defaultCacheBehavior = $output(args.defaultCacheBehavior).apply(({ targetOriginId }) =>
          guarded(targetOriginId),
        );
        args.orderedCacheBehaviors = $output(args.orderedCacheBehaviors ?? []).apply((behaviors) =>
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
  });
}
