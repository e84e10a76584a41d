import type { Graph } from "../graph.ts";
import { unmet, type Violation } from "./violation.ts";

/** SST keeps the names that it once gave. */
const mayBeIgnored = new Set(["name"]);

/** What a deployment would leave as it is on AWS: the graph shows it as it should be, so no rule here would notice. */
export function checkIgnoredChanges({ resources }: Graph): readonly Violation[] {
  return resources
    .filter(({ type }) => type.startsWith("aws:"))
    .flatMap((resource) => {
      const ignored = (resource.options.ignoreChanges ?? []).filter(
        (member) => !mayBeIgnored.has(member),
      );
      return unmet(resource, [
        {
          rule: "changes-ignored",
          holds: ignored.length === 0,
          message: `ignores changes of ${ignored.join(", ")}; what AWS has would stay, whatever is written and checked here: take ignoreChanges away`,
        },
      ]);
    });
}
