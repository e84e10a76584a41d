import type { Graph } from "../../../dry-run/graph/graph.ts";
import { holdsSecret } from "../../../dry-run/graph/json.ts";
import type { Violation } from "../violation.ts";

/** SST prints what `run()` returns, in whatever log the deploy leaves, and writes it to a file. */
export function checkOutputSecrets({ outputs }: Graph): readonly Violation[] {
  return Object.keys(outputs)
    .filter((name) => holdsSecret(outputs[name]))
    .map((name) => ({
      rule: "output-secret",
      resource: `output::${name}`,
      message: `is secret, and run() returns it; SST prints it into the log of the deploy and writes it to .sst/outputs.json: do not return it`,
    }));
}
