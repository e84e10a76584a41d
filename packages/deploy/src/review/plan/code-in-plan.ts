import { type Graph, resourcesOf } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { isObject, toObject } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { uploadOf } from "../../dry-run/graph/upload-of.ts";
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
    const upload = uploadOf(graph, lambda);
    const source =
      "code" in lambda.inputs ? inputOf(lambda, "code") : upload && inputOf(upload, "source");
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
