import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Chain, functionsBehind } from "../facts/chain.ts";
import { unmet, type Violation } from "../violation.ts";

/** Another distribution has no guard: it must not lead to what the gate's distribution leads to. */
export function checkOtherDistributions({
  graph,
  distribution,
  backends,
}: Chain): readonly Violation[] {
  return resourcesOf(graph, awsTypes.distribution)
    .filter((other) => other !== distribution)
    .flatMap((other) =>
      unmet(other, [
        {
          rule: "distribution-past-guard",
          holds: !functionsBehind(graph, other).some((found) => backends.includes(found)),
          message:
            "leads to a function behind the gate and has no guard, so nobody is who they say there, and the function refuses everybody: lead that path to the gate's own address",
        },
      ]),
    );
}
