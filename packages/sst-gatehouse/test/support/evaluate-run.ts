import type { Graph, Resource } from "@sst-gatehouse/deploy/graph";

import { configFile, gateFile } from "./app-files.ts";
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
  const changes = [gateFile({ backends }, more), configFile(run)];
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
