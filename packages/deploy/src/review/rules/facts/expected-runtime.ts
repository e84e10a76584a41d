import { nodeRuntime, type NodeRuntime } from "@sst-gatehouse/blueprint/node-runtime";

import type { Graph } from "../../../dry-run/graph/graph.ts";

/** What guard and backend run on with the AWS provider of a graph. */
export function runtimeOf({ awsProvider }: Pick<Graph, "awsProvider">): NodeRuntime {
  return nodeRuntime({ takesNode24: Number.parseInt(awsProvider, 10) >= 7 });
}
