import { type Graph, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/** Both, as the provider names them. */
const levels = ["applicationLogLevel", "systemLogLevel"] as const;

/**
 * A published function with JSON logs says both log levels. Lambda answers INFO for a level that was not said; before
 * version 6.2.0 the Terraform provider, which Pulumi's 6.x is built on, takes that answer for a change and marks the
 * version as not known before the deploy. Then `sst diff` shows the function and whatever names its version as
 * changing, for ever, and each deploy updates it.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/42660
 */
export function checkLogLevels(graph: Graph): readonly Violation[] {
  return resourcesOf(graph, awsTypes.function)
    .filter((published) => inputOf(published, "publish") === true)
    .flatMap((published) => {
      const logging = toObject(inputOf(published, "loggingConfig"));
      const missing = levels.filter((level) => typeof logging[level] !== "string");
      return unmet(published, [
        {
          rule: "function-log-levels",
          holds: logging["logFormat"] !== "JSON" || missing.length === 0,
          message: `is published and logs as JSON, but does not say ${missing.join(" and ")}; the provider would update it at every deploy, and the distribution with it: set both, to INFO where you have no other wish`,
        },
      ]);
    });
}
