import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import type { Graph, Resource } from "../graph/graph.ts";
import { functionCode } from "./function-code.ts";

function resource(type: string, name: string, inputs: Record<string, unknown>): Resource {
  const urn = `urn:${name}`;
  return { type, name, urn, inputs, component: false, dependsOn: [], options: {}, outputs: {} };
}

function graphOf(...resources: Resource[]): Graph {
  return {
    app: "app",
    stage: "jane",
    dev: false,
    removal: "remove",
    protect: false,
    region: "eu-west-1",
    outputs: {},
    awsProvider: "6.83.4",
    lookups: [],
    resources,
  };
}

const lambda = "aws:lambda/function:Function";
const object = "aws:s3/bucketObjectv2:BucketObjectv2";

test("finds a directory that is a function's code", async () => {
  const root = await temporaryTree({ "edge/index.cjs": "" });
  const graph = graphOf(
    resource(lambda, "Other", { code: {}, handler: "other.handler" }),
    resource(lambda, "Edge", { code: {}, handler: { "<secret>": "index.handler" } }),
  );
  const files = { "urn:Other": [root], "urn:Edge": [join(root, "edge")] };
  expect(await functionCode(graph, files, "Edge", root)).toEqual({
    directory: join(root, "edge"),
    handler: "index.handler",
    environment: {},
    buffered: false,
    isBuilt: true,
  });
});

test("tells a function's variables, and whether its URL answers whole", async () => {
  const root = await temporaryTree({ "index.mjs": "" });
  const environment = { "<secret>": { variables: { LEVEL: "info", KEY: { "<secret>": "k" } } } };
  const of = (invokeMode: string | undefined) =>
    functionCode(
      graphOf(
        resource(lambda, "Api", { name: "api", code: {}, handler: "index.handler", environment }),
        resource("aws:lambda/functionUrl:FunctionUrl", "Url", { functionName: "api", invokeMode }),
      ),
      { "urn:Api": [root] },
      "Api",
      root,
    );
  expect(await of("RESPONSE_STREAM")).toMatchObject({
    environment: { LEVEL: "info", KEY: "k" },
    buffered: false,
  });
  expect(await of("BUFFERED")).toMatchObject({ buffered: true });
  expect(await of(undefined)).toMatchObject({ buffered: true });
});

test("finds the object that a function's code is fetched from, and no other", async () => {
  const root = await temporaryTree({ "a/x": "", "b/x": "" });
  const upload = { s3Bucket: "assets", s3Key: { "<secret>": "code.zip" } };
  const graph = graphOf(
    resource(lambda, "Api", { ...upload, handler: "bundle.handler" }),
    resource(object, "A", { bucket: "other", key: "code.zip" }),
    resource(object, "B", { bucket: "assets", key: "code.zip" }),
  );
  const files = { "urn:A": [join(root, "a")], "urn:B": [join(root, "b")] };
  expect((await functionCode(graph, files, "Api", root)).directory).toBe(join(root, "b"));
});

test("names the functions that there are when it does not know one", async () => {
  const graph = graphOf(resource(lambda, "Api", {}), resource(lambda, "Edge", {}));
  await expect(functionCode(graph, {}, "Guard", "/none")).rejects.toThrow(
    "the graph has no function Guard; it has: Api, Edge",
  );
});

test("refuses a function whose code is not in the graph", async () => {
  const graph = graphOf(resource(lambda, "Api", { s3Bucket: "a", s3Key: "b", handler: "c.d" }));
  await expect(functionCode(graph, {}, "Api", "/none")).rejects.toThrow(
    "the graph does not hold the code of Api",
  );
});
