import {
  type GateBehavior,
  isPublicSite,
  publicFallback,
} from "@sst-gatehouse/blueprint/behaviors";
import type { Site } from "@sst-gatehouse/blueprint/site";
import {
  closedToThePublic,
  siteAccessControl,
  siteBucketPolicy,
} from "@sst-gatehouse/blueprint/site-bucket";
import { siteFunctionCode } from "@sst-gatehouse/blueprint/site-files";
import { builtSite, siteBucketName } from "@sst-gatehouse/deploy/site-bucket";

import type { GateContext } from "./gate-context.ts";

/** The front end of a gate: files in a bucket that only CloudFront reads. */
export interface GatedSite {
  readonly bucket: aws.s3.BucketV2;
  /** By which CloudFront signs. */
  readonly accessControl: aws.cloudfront.OriginAccessControl;
  /** On the public paths; absent where there are none. */
  readonly pages?: aws.cloudfront.Function;
  readonly fallback: string | undefined;
}

/** The bucket with the built files, closed to the public. */
export function createSite(
  { parent, name, named, owner, stage, region, accountId }: GateContext,
  site: Site,
  behaviors: readonly GateBehavior[],
): GatedSite {
  const files = builtSite($cli.paths.root, site, behaviors);
  const bucket = new aws.s3.BucketV2(
    `${name}Site`,
    {
      bucket: accountId.apply((id) => siteBucketName(owner, stage.name, { region, accountId: id })),
      // Its files are built, and built again.
      forceDestroy: true,
    },
    { parent },
  );
  new aws.s3.BucketPublicAccessBlock(
    `${name}SiteClosed`,
    { bucket: bucket.bucket, ...closedToThePublic },
    { parent },
  );
  const upload = ({ key, source, contentType, cacheControl }: (typeof files)[number]) =>
    new aws.s3.BucketObjectv2(
      `${name}SiteFile-${key}`,
      {
        bucket: bucket.bucket,
        key,
        source: new $util.asset.FileAsset(source),
        contentType,
        cacheControl,
      },
      // A page is there once everything that it asks for is.
      { parent, ...(isPage(key) && { dependsOn: parts }) },
    );
  const isPage = (key: string): boolean => key.endsWith(".html");
  const parts: aws.s3.BucketObjectv2[] = [];
  for (const file of files) if (!isPage(file.key)) parts.push(upload(file));
  for (const file of files) if (isPage(file.key)) upload(file);
  const hasPublic = behaviors.some(isPublicSite);
  return {
    bucket,
    accessControl: new aws.cloudfront.OriginAccessControl(
      `${name}SiteAccess`,
      { name: `${named}-site`, ...siteAccessControl },
      { parent },
    ),
    ...(hasPublic && {
      pages: new aws.cloudfront.Function(
        `${name}SitePages`,
        {
          name: `${named}-site`,
          runtime: "cloudfront-js-2.0",
          comment: `The file behind a public page of ${named}`,
          code: siteFunctionCode(publicFallback(behaviors, site)),
        },
        { parent },
      ),
    }),
    fallback: site.fallback,
  };
}

/** Lets one distribution read the bucket, and nobody else. */
export function openToCloudFront(
  { parent, name }: GateContext,
  { bucket }: GatedSite,
  distributionArn: $util.Output<string>,
): void {
  new aws.s3.BucketPolicy(
    `${name}SitePolicy`,
    {
      bucket: bucket.bucket,
      policy: $util
        .all([bucket.arn, distributionArn])
        .apply(([own, distribution]) =>
          JSON.stringify(siteBucketPolicy({ bucket: own, distribution })),
        ),
    },
    { parent },
  );
}
