import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { toList, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import type { Chain } from "../facts/chain.ts";
import { functionAt } from "../facts/function-url-hosts.ts";
import { unmet, type Violation } from "../violation.ts";

/** Another distribution has no guard: it must not lead to what the gate's distribution leads to. */
export function checkOtherDistributions({
  graph,
  distribution,
  backends,
}: Chain): readonly Violation[] {
  return resourcesOf(graph, awsTypes.distribution)
    .filter((other) => other !== distribution)
    .flatMap((other) => {
      const reached = toList(inputOf(other, "origins")).filter((origin) => {
        const found = functionAt(graph, toObject(origin)["domainName"]);
        return found !== undefined && backends.includes(found);
      });
      return unmet(other, [
        {
          rule: "distribution-past-guard",
          holds: reached.length === 0,
          message:
            "leads to a function behind the gate and has no guard, so nobody is who they say there, and the function refuses everybody: lead that path to the gate's own address",
        },
      ]);
    });
}
