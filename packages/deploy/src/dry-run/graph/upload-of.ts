import { type Graph, type Resource, resourcesOf } from "./graph.ts";
import { awsTypes } from "./aws-types.ts";
import { inputOf } from "./resource-values.ts";

/** The object that a function's code is fetched from; `undefined` when the graph puts nothing there. */
export function uploadOf(graph: Graph, lambda: Resource): Resource | undefined {
  const bucket = inputOf(lambda, "s3Bucket");
  const key = inputOf(lambda, "s3Key");
  return resourcesOf(graph, awsTypes.upload).find(
    (object) => inputOf(object, "bucket") === bucket && inputOf(object, "key") === key,
  );
}
