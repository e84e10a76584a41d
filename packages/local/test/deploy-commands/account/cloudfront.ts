import { type Answer, type Asked, type Call, pageOf, Refused } from "./answer.ts";
import type { AccountState } from "./state.ts";
import { toXml } from "./xml.ts";

/** CloudFront's REST-XML API, as far as it reads. */
export function cloudFrontCall(state: AccountState, { method, url }: Asked): Call | undefined {
  if (method !== "GET") return undefined;
  const [, path = ""] = /^\/2020-05-31\/(.+)$/.exec(url.pathname) ?? [];
  if (path === "distribution") {
    return {
      action: "cloudfront:ListDistributions",
      run: () => {
        const { page, next } = pageOf(state.distributions, url.searchParams.get("Marker"));
        return xml("DistributionList", {
          Marker: url.searchParams.get("Marker") ?? "",
          NextMarker: next,
          MaxItems: 2,
          IsTruncated: next !== undefined,
          Quantity: page.length,
          Items: page.map(({ Id, ARN, Status, DomainName, DistributionConfig }) => ({
            Id,
            ARN,
            Status,
            DomainName,
            Aliases: DistributionConfig["Aliases"],
            Comment: DistributionConfig["Comment"],
          })),
        });
      },
    };
  }
  if (path === "tagging") {
    const arn = url.searchParams.get("Resource");
    return {
      action: "cloudfront:ListTagsForResource",
      run: () => {
        const { tags = {} } = state.distributions.find(({ ARN }) => ARN === arn) ?? {};
        return xml("Tags", { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
      },
    };
  }
  const [, control] = /^origin-access-control\/(\w+)$/.exec(path) ?? [];
  if (control !== undefined) {
    return {
      action: "cloudfront:GetOriginAccessControl",
      run: () => {
        const OriginAccessControlConfig = state.accessControls.get(control);
        if (OriginAccessControlConfig === undefined)
          throw new Refused(
            "NoSuchOriginAccessControl",
            404,
            "The specified origin access control does not exist.",
          );
        return xml("OriginAccessControl", { Id: control, OriginAccessControlConfig });
      },
    };
  }
  const [, name] = /^function\/([\w-]+)$/.exec(path) ?? [];
  if (name !== undefined) {
    return {
      action: "cloudfront:GetFunction",
      run: () => {
        const body = state.viewerFunctions.get(name);
        if (body === undefined || url.searchParams.get("Stage") !== "LIVE")
          throw new Refused("NoSuchFunctionExists", 404, "The specified function does not exist.");
        return { status: 200, type: "application/octet-stream", body };
      },
    };
  }
  const [, id] = /^distribution\/(\w+)$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  return {
    action: "cloudfront:GetDistribution",
    run: () => {
      const found = state.distributions.find(({ Id }) => Id === id);
      if (found === undefined)
        throw new Refused("NoSuchDistribution", 404, "The specified distribution does not exist.");
      const { Id, ARN, Status, DomainName, DistributionConfig } = found;
      return xml("Distribution", {
        Id,
        ARN,
        Status,
        LastModifiedTime: "2026-11-22T12:00:00.000Z",
        InProgressInvalidationBatches: 0,
        DomainName,
        DistributionConfig,
      });
    },
  };
}

function xml(name: string, value: object): Answer {
  const body = toXml(name, value).replace(
    `<${name}>`,
    `<${name} xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">`,
  );
  return { status: 200, type: "text/xml", body: `<?xml version="1.0"?>\n${body}` };
}
