import type { Graph } from "@sst-gatehouse/deploy/graph";
import type { Stack } from "@sst-gatehouse/local/stack";

import { appHost, signInHost } from "./played-stage.ts";

/** The graph with the addresses and ids of the chain that plays the stage in place of those that were made up. */
export function asPlayed(graph: Graph, { outputs }: Stack): Graph {
  const { webClientId, appUrl, functionUrl, signInUrl } = graph.outputs;
  const host = (url: unknown): string => new URL(String(url)).host;
  const prefix = (name: string): string => name.split(".")[0] ?? "";
  return JSON.parse(
    JSON.stringify(graph)
      .replaceAll(String(webClientId), outputs.clients.web.id)
      .replaceAll(host(appUrl), appHost)
      .replaceAll(host(functionUrl), new URL(outputs.functionUrl).hostname)
      .replaceAll(prefix(host(signInUrl)), prefix(signInHost)),
  );
}
