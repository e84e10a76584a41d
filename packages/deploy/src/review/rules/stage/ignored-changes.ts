import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import type { Graph, Resource } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/** SST keeps the names that it once gave. */
const mayBeIgnored = new Set(["name"]);

/** What a deployment would leave as it is on AWS: the graph shows it as it should be, so no rule here would notice. */
export function checkIgnoredChanges(graph: Graph): readonly Violation[] {
  return graph.resources
    .filter(({ type }) => type.startsWith("aws:"))
    .flatMap((resource) => {
      const kept = isRevocations(resource, graph) ? revocationsKept : [];
      const ignoring = resource.options.ignoreChanges ?? [];
      const ignored = ignoring.filter(
        (member) => !mayBeIgnored.has(member) && !kept.includes(member),
      );
      const lost = kept.filter((member) => !ignoring.includes(member));
      return unmet(resource, [
        {
          rule: "changes-ignored",
          holds: ignored.length === 0,
          message: `ignores changes of ${ignored.join(", ")}; AWS would keep what it has, no matter what is written and checked here: remove ignoreChanges`,
        },
        {
          rule: "revocations-kept",
          holds: lost.length === 0,
          message: `is the revocation list, and the next deploy would overwrite it with an empty one and let everybody back in: set ignoreChanges to ${JSON.stringify(kept)}`,
        },
        {
          rule: "revocations-overwritten",
          holds: kept.length === 0 || inputOf(resource, "overwrite") === false,
          message:
            "is the revocation list, and a deploy that changes anything else about it would write it again as the engine remembers it, empty, and let everybody back in: set overwrite to false",
        },
      ]);
    });
}

/** People write the list's value; a deploy writes the first one only. */
const revocationsKept = ["value"];

function isRevocations(resource: Resource, { app, stage }: Graph): boolean {
  return (
    resource.type === awsTypes.parameter &&
    inputOf(resource, "name") === `${parameterPrefix(app, stage)}/${parameterNames.revoked}`
  );
}
