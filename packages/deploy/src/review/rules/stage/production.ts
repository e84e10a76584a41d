import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { Graph, Resource } from "../../../dry-run/graph/graph.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import type { Violation } from "../violation.ts";

/** Production stays, and every other stage can be removed to the end. */
export function checkProduction(
  { dev, protect, removal, resources }: Graph,
  { name, production }: Stage,
): readonly Violation[] {
  const resource = `stage ${name}`;
  const violations: Violation[] = [];
  const report = (rule: string, message: string) => violations.push({ rule, resource, message });
  if (protect !== production) {
    report(
      "production-protect",
      production
        ? "is not protected; a single `sst remove` would take production down: set protect to true"
        : "is protected, so `sst remove` refuses a stage that is meant to be short-lived: set protect to false",
    );
  }
  if (removal !== (production ? "retain" : "remove")) {
    report(
      "production-removal",
      production
        ? `has removal ${removal}; data would go with the stage: set removal to retain`
        : `has removal ${removal}; every personal stage would leave its resources behind: set removal to remove`,
    );
  }
  if (production && dev) {
    report(
      "production-dev",
      "is production, and sst dev would put a developer's machine in the place of its backend: use a stage of your own",
    );
  }
  const held = resources.filter(({ options }) => options.protect === true);
  if (!production) violations.push(...held.map(protectedResource));
  return violations;
}

function protectedResource(resource: Resource): Violation {
  return {
    rule: "production-protect",
    resource: labelOf(resource),
    message:
      "is protected outside production; sst remove would stop at it and leave the rest of the stage: set protect to false",
  };
}
