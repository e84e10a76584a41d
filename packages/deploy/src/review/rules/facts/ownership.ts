import { gateType } from "@sst-gatehouse/blueprint/gate";

import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import { toList } from "../../../dry-run/graph/json.ts";

const functionType = "sst:aws:Function";
const cdnType = "sst:aws:CDN";

/** Whether a resource belongs to a gate, as its part or as a part of its part. */
export function isOfGate(graph: Graph, resource: Resource): boolean {
  return ancestorsOf(graph, resource).some(({ type }) => type === gateType);
}

/** All that is of the StaticSite which a resource is of; nothing for one that is of none. */
export function ofStaticSite(graph: Graph, resource: Resource): readonly Resource[] {
  const site = ancestorsOf(graph, resource).find(({ type }) => type === "sst:aws:StaticSite");
  return site === undefined
    ? []
    : graph.resources.filter((each) => ancestorsOf(graph, each).includes(site));
}

/** What a gate has, the functions of the app's own that it guards, and the distribution of the app's own that it is on. */
export function guardedBy(graph: Graph, gate: Resource): readonly Resource[] {
  const functions = toList(gate.outputs["backends"]);
  const { distribution } = gate.outputs;
  return graph.resources.filter(
    (resource) =>
      !isRedirect(graph, resource) &&
      ancestorsOf(graph, resource).some(
        (one) =>
          one === gate ||
          (one.type === functionType && functions.includes(one.name)) ||
          (one.type === cdnType && `${one.name}Distribution` === distribution),
      ),
  );
}

/** Whether a resource is of what SST makes to lead other names to the app's domain: it has an origin of its own. */
export function isRedirect(graph: Graph, resource: Resource): boolean {
  return ancestorsOf(graph, resource).some(({ type }) => type === "sst:aws:HttpsRedirect");
}

/** What an app has at AWS that no gate has or guards. */
export function othersThanGuarded(graph: Graph): readonly Resource[] {
  const guarded = resourcesOf(graph, gateType).flatMap((gate) => guardedBy(graph, gate));
  return graph.resources.filter(
    (resource) =>
      !resource.component && /^aws[a-z-]*:/.test(resource.type) && !guarded.includes(resource),
  );
}

/** The resource itself, what it belongs to, what that belongs to. */
function ancestorsOf(graph: Graph, resource: Resource): readonly Resource[] {
  const parent = graph.resources.find(
    (candidate) => candidate.component && labelOf(candidate) === resource.parent,
  );
  return parent === undefined || parent === resource
    ? [resource]
    : [resource, ...ancestorsOf(graph, parent)];
}
