import { type Graph, type Resource, resourcesOf } from "../graph.ts";
import { awsTypes } from "../rules/aws-types.ts";
import { isObject, toObject } from "../rules/json.ts";
import { inputOf } from "../rules/resource-values.ts";
import { asText } from "./readable.ts";

/** A file that would be uploaded as code. */
export interface CodeFileInPlan {
  readonly functionName: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the stage's functions are made of, as it would be uploaded. */
export function codeOf(graph: Graph): readonly CodeFileInPlan[] {
  return resourcesOf(graph, awsTypes.function).flatMap((lambda) => {
    const source = "code" in lambda.inputs ? inputOf(lambda, "code") : uploaded(graph, lambda);
    return Object.entries(toObject(toObject(source)["archive"])).flatMap(([file, content]) =>
      isObject(content)
        ? [
            {
              functionName: lambda.name,
              file,
              bytes: Number(content["bytes"]),
              sha256: asText(content["sha256"]),
            },
          ]
        : [],
    );
  });
}

/** What is put into the bucket that the function's code comes from. */
function uploaded(graph: Graph, lambda: Resource): unknown {
  const object = resourcesOf(graph, "aws:s3/bucketObjectv2:BucketObjectv2").find(
    (candidate) =>
      inputOf(candidate, "bucket") === inputOf(lambda, "s3Bucket") &&
      inputOf(candidate, "key") === inputOf(lambda, "s3Key"),
  );
  return object && inputOf(object, "source");
}
