import { expect, test } from "vitest";

import type { Graph, Resource } from "../graph/graph.ts";
import { graphDifferences } from "./graph-differences.ts";

function resource(name: string, inputs: Record<string, unknown>): Resource {
  return {
    type: "a:b:C",
    name,
    urn: name,
    component: false,
    dependsOn: [],
    options: {},
    inputs,
    outputs: {},
  };
}

function graph(resources: readonly Resource[], outputs: Record<string, unknown> = {}): Graph {
  return {
    app: "app",
    stage: "jane",
    dev: false,
    removal: "remove",
    protect: false,
    region: "eu-west-1",
    outputs,
    awsProvider: "6.83.4",
    lookups: [],
    resources,
  };
}

test("finds nothing in equal graphs, whatever the order of their resources", () => {
  const [a, b] = [resource("A", { x: [1] }), resource("B", {})];
  expect(graphDifferences(graph([a, b]), graph([b, a]))).toEqual([]);
});

test("names each place, as deep as it goes", () => {
  const before = [resource("A", { list: [{ x: 1 }, 2], gone: null, same: {} })];
  const after = [resource("A", { list: [{ x: 2 }, 2, 3], added: "y", same: {} })];
  expect(graphDifferences(graph(before, { url: "a" }), graph(after, { url: "b" }))).toEqual([
    { resource: "", path: "outputs.url", before: "a", after: "b" },
    { resource: "a:b:C::A", path: "inputs.list.0.x", before: 1, after: 2 },
    { resource: "a:b:C::A", path: "inputs.list.2", before: undefined, after: 3 },
    { resource: "a:b:C::A", path: "inputs.gone", before: null, after: undefined },
    { resource: "a:b:C::A", path: "inputs.added", before: undefined, after: "y" },
  ]);
});

test("does not compare an object with a list member by member", () => {
  const differences = graphDifferences(
    graph([resource("A", { x: ["a"] })]),
    graph([resource("A", { x: { 0: "a" } })]),
  );
  expect(differences).toEqual([
    { resource: "a:b:C::A", path: "inputs.x", before: ["a"], after: { 0: "a" } },
  ]);
});

test("takes a resource that only one has for one place", () => {
  const [a, b] = [resource("A", { x: 1 }), resource("B", { y: 1 })];
  expect(graphDifferences(graph([a]), graph([b]))).toEqual([
    { resource: "a:b:C::A", path: "", before: a, after: undefined },
    { resource: "a:b:C::B", path: "", before: undefined, after: b },
  ]);
});
