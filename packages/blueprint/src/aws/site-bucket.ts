import { cacheBehavior, type CacheBehavior } from "./cache-behavior.ts";
import type { PolicyDocument } from "./policy-document.ts";

/** Managed policy: what the origin says is kept, for a day where it says nothing, and for a second where it says not to. */
export const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** A file is read. */
const siteMethods = ["GET", "HEAD"];

/** The paths of a site that the guard decides about: as a backend's, but for the methods. */
export const guardedSite: CacheBehavior = {
  ...cacheBehavior,
  allowedMethods: siteMethods,
  cachedMethods: siteMethods,
};

/** The paths of a site that are for anyone: kept by CloudFront, compressed, and seen by nobody. */
export const publicSite = {
  cachePolicyId: CACHING_OPTIMIZED,
  responseHeadersPolicyId: cacheBehavior.responseHeadersPolicyId,
  allowedMethods: siteMethods,
  cachedMethods: siteMethods,
  viewerProtocolPolicy: cacheBehavior.viewerProtocolPolicy,
  compress: true,
} as const;

/** How CloudFront signs for the bucket: always, whatever a viewer sends. */
export const siteAccessControl = {
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
} as const;

/** What of the bucket is closed to the public: everything. */
export const closedToThePublic = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
} as const;

/**
 * Who may read the bucket: one distribution, file by file. It may not list, so a file that is not there is 403, as one
 * that is not public.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function siteBucketPolicy(arns: {
  readonly bucket: string;
  readonly distribution: string;
}): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: `${arns.bucket}/*`,
        Condition: { StringEquals: { "AWS:SourceArn": arns.distribution } },
      },
    ],
  };
}
