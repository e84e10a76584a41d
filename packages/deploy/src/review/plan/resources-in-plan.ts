import type { Graph, Resource } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { toList, toObject } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { givenName, shortType } from "./readable.ts";

/** What a deployment would make at AWS. */
export interface ResourceInPlan {
  /** `everywhere` for what has no region: IAM and CloudFront. */
  readonly region: string;
  readonly type: string;
  readonly name: string;
  /** The name that was asked for; absent where AWS or the provider chooses. */
  readonly physicalName?: string;
  /** What a reader would wonder about. */
  readonly note?: string;
}

/** Everything at AWS, by region. */
export function resourcesInPlan(graph: Graph): readonly ResourceInPlan[] {
  return graph.resources
    .filter(({ type }) => type.startsWith("aws:"))
    .map((resource) => {
      const physicalName = givenName(resource);
      const note = noteOn(graph, resource);
      return {
        region: regionOf(resource),
        type: shortType(resource.type),
        name: resource.name,
        ...(physicalName !== undefined && { physicalName }),
        ...(note !== undefined && { note }),
      };
    })
    .toSorted(byRegion(graph.region));
}

function regionOf({ type, region }: Resource): string {
  const global = type.startsWith("aws:iam/") || type.startsWith("aws:cloudfront/");
  return global ? "everywhere" : (region ?? "no region");
}

function noteOn(graph: Graph, resource: Resource): string | undefined {
  if (resource.type === awsTypes.viewerFunction && !isAssociated(graph, resource))
    return "SST's own; on no path";
  if (inputOf(resource, "skipDestroy") === true)
    return "left behind; npx gatehouse sweep deletes it";
  if (resource.options.retainOnDelete === true) return "left behind";
  return undefined;
}

/** Whether a CloudFront function is on any path of any distribution. */
function isAssociated({ resources }: Graph, { outputs }: Resource): boolean {
  return resources
    .filter(({ type }) => type === awsTypes.distribution)
    .flatMap((distribution) => [
      inputOf(distribution, "defaultCacheBehavior"),
      ...toList(inputOf(distribution, "orderedCacheBehaviors")),
    ])
    .flatMap((behavior) => toList(toObject(behavior)["functionAssociations"]))
    .some((association) => toObject(association)["functionArn"] === outputs["arn"]);
}

/** The home region first, then the others, what is everywhere last; within one in the graph's order. */
function byRegion(home: string): (a: ResourceInPlan, b: ResourceInPlan) => number {
  const rank = (region: string) => (region === home ? 0 : region === "everywhere" ? 2 : 1);
  return (a, b) =>
    rank(a.region) - rank(b.region) || (a.region < b.region ? -1 : Number(a.region > b.region));
}
