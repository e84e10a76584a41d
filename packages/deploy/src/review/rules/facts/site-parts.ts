import { gateType } from "@sst-gatehouse/blueprint/gate";

import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";
import { isOfGate } from "./ownership.ts";

/** What a gate has of a front end. */
export interface SiteParts {
  readonly bucket: Resource;
  /** Of the bucket, as CloudFront's origin. */
  readonly host: string;
  readonly accessControl: Resource | undefined;
  /** The CloudFront function of the public pages. */
  readonly pages: Resource | undefined;
}

/** @returns undefined for a gate without a front end. */
export function findSite(graph: Graph, parts: Graph): SiteParts | undefined {
  const [gate] = resourcesOf(parts, gateType);
  const part = (type: string, name: string): Resource | undefined =>
    resourcesOf(parts, type).find(
      (resource) => resource.name === `${gate?.name}${name}` && isOfGate(graph, resource),
    );
  const bucket = part(awsTypes.bucket, "Site");
  return (
    bucket && {
      bucket,
      host: attributeOf(bucket, "bucketRegionalDomainName"),
      accessControl: part(awsTypes.originAccessControl, "SiteAccess"),
      pages: part(awsTypes.viewerFunction, "SitePages"),
    }
  );
}
