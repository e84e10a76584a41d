import { gateType } from "@sst-gatehouse/blueprint/gate";

import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { toList, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { behaviorsIn } from "./behaviors-in.ts";
import { functionUrlHost, lookedUpFunctions } from "./function-url-hosts.ts";
import { ofStaticSite } from "./ownership.ts";

/**
 * Hosts that are the app's own, on the distribution of a StaticSite: no backend of the gate, and no behaviour with a
 * function of Lambda@Edge leads there. None on a distribution that a gate has made.
 */
export function appOrigins(
  graph: Graph,
  parts: Graph,
  distribution: Resource,
): ReadonlySet<unknown> {
  if (ofStaticSite(graph, distribution).length === 0) return new Set();
  const [gate] = resourcesOf(parts, gateType);
  const backends = toList(gate?.outputs["backends"]).map((name) => `${String(name)}Url`);
  const ofGate = new Set<unknown>([
    ...resourcesOf(graph, awsTypes.functionUrl)
      .filter(({ name }) => backends.includes(name))
      .map(functionUrlHost),
    ...lookedUpFunctions(graph).keys(),
    ...behaviorsIn(distribution).flatMap(({ hasEdgeFunction, host }) =>
      hasEdgeFunction ? [host] : [],
    ),
  ]);
  const hosts = toList(inputOf(distribution, "origins")).map(
    (origin) => toObject(origin)["domainName"],
  );
  return new Set(hosts.filter((host) => !ofGate.has(host)));
}
