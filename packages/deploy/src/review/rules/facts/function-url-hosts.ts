import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";

const lookupToken = "aws:lambda/getFunctionUrl:getFunctionUrl";

/** `<id>.lambda-url.<region>.on.aws` */
export function functionUrlHost(functionUrl: Resource): string {
  return new URL(attributeOf(functionUrl, "functionUrl")).host;
}

/** The function of the stage whose Function URL has this host. */
export function functionAt(graph: Graph, host: unknown): Resource | undefined {
  const url = resourcesOf(graph, awsTypes.functionUrl).find(
    (candidate) => functionUrlHost(candidate) === host,
  );
  return (
    url &&
    resourcesOf(graph, awsTypes.function).find(
      (candidate) => attributeOf(candidate, "name") === inputOf(url, "functionName"),
    )
  );
}

/**
 * The functions that others deploy and whose Function URLs this deployment has looked up: ARN by host. A host that was
 * typed says nothing about whose it is; AWS says it of one that was asked for by the function's name.
 */
export function lookedUpFunctions({ lookups }: Graph): ReadonlyMap<string, string> {
  return new Map(
    lookups.flatMap(({ token, outputs: { functionUrl, functionArn, authorizationType } }) =>
      token === lookupToken &&
      authorizationType === "AWS_IAM" &&
      typeof functionArn === "string" &&
      typeof functionUrl === "string" &&
      URL.canParse(functionUrl)
        ? [[new URL(functionUrl).host, functionArn] as const]
        : [],
    ),
  );
}

/** The region of a Function URL, by the form of its host; undefined for any other host. */
export function functionUrlRegion(host: unknown): string | undefined {
  const form = /^[a-z0-9]{32}\.lambda-url\.([a-z]{2}(?:-[a-z]+)+-\d)\.on\.aws$/;
  return typeof host === "string" ? form.exec(host)?.[1] : undefined;
}
