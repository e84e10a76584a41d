import type { Graph, Resource } from "@sst-gatehouse/deploy/graph";

import { evaluateSample } from "./sample.ts";

export const handler = "packages/functions/src/lambda.handler";

/**
 * What an app's `run()` does with a gate.
 *
 * @param more members of `gate.ts`, in TypeScript.
 */
export async function evaluateRun(
  run: string,
  backends: object = { api: { handler } },
  stage = "anna",
  more = "",
): Promise<Graph> {
  const changes = [
    {
      file: "gate.ts",
      content: `import { defineGate } from "sst-gatehouse";
import { access } from "./access.ts";
import { app, stages } from "./stages.ts";
export const gate = defineGate({ app, access, stages, backends: ${JSON.stringify(backends)}, ${more} });
`,
    },
    {
      file: "sst.config.ts",
      content: `export default $config({
  async app({ stage }) {
    const { gatehouseApp } = await import("sst-gatehouse/app");
    return gatehouseApp({ stage, gate: import("./gate.ts") });
  },
  async run() {
    const { Gatehouse, lock } = await import("sst-gatehouse/sst");
    const { gate } = await import("./gate.ts");
    ${run}
  },
});
`,
    },
  ];
  return (await evaluateSample({ stage, changes })).graph;
}

/** The one resource of a name that is not a component. */
export function one(graph: Graph, name: string): Resource {
  const [found, ...others] = graph.resources.filter(
    (resource) => resource.name === name && !resource.component,
  );
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} resources are called ${name}`);
  return found;
}
