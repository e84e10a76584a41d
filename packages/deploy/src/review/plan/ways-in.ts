import {
  ALL_VIEWER_EXCEPT_HOST_HEADER,
  CACHING_DISABLED,
} from "@sst-gatehouse/blueprint/cache-behavior";
import { CACHING_OPTIMIZED } from "@sst-gatehouse/blueprint/site-bucket";

import { type Graph, type Resource, resourcesOf } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { type JsonObject, toList, toObject } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { asText, shortArn } from "./readable.ts";

/** A path of a distribution: what a request passes, and where it goes. */
export interface PathInPlan {
  readonly distribution: string;
  readonly path: string;
  /** The functions on the way, such as `gatehouse-anna-Guard, version 1, at origin-request with the body`. */
  readonly passes: readonly string[];
  /** Logical name of the Function URL or of a bucket; its host, and a word of warning, where the stage has no such one. */
  readonly reaches: string;
  readonly caches: string;
  readonly forwards: string;
}

/** An address at which a function answers. */
export interface FunctionUrlInPlan {
  readonly name: string;
  readonly functionName: string;
  readonly authorization: string;
  readonly mode: string;
}

/** Every path of every distribution. */
export function pathsOf(graph: Graph): readonly PathInPlan[] {
  return resourcesOf(graph, awsTypes.distribution).flatMap((distribution) => {
    const ordered = toList(inputOf(distribution, "orderedCacheBehaviors")).map(toObject);
    const rest = toObject(inputOf(distribution, "defaultCacheBehavior"));
    return [
      ...ordered.map((behavior) => ({ path: asText(behavior["pathPattern"]), behavior })),
      { path: ordered.length === 0 ? "every path" : "every other path", behavior: rest },
    ].map(({ path, behavior }) => ({
      distribution: distribution.name,
      path,
      passes: functionsOn(graph, behavior),
      reaches: targetOf(graph, distribution, behavior),
      caches: policyName(behavior["cachePolicyId"], {
        [CACHING_DISABLED]: "nothing",
        [CACHING_OPTIMIZED]: "what each file says",
      }),
      forwards: policyName(behavior["originRequestPolicyId"] ?? "", {
        [ALL_VIEWER_EXCEPT_HOST_HEADER]: "all but Host",
        "": "nothing of the viewer's",
      }),
    }));
  });
}

/** Every Function URL, with how it is locked. */
export function functionUrlsOf(graph: Graph): readonly FunctionUrlInPlan[] {
  return resourcesOf(graph, awsTypes.functionUrl).map((url) => {
    const name = inputOf(url, "functionName");
    const target = resourcesOf(graph, awsTypes.function).find(
      (candidate) => inputOf(candidate, "name") === name,
    );
    return {
      name: url.name,
      functionName: target?.name ?? asText(name),
      authorization: asText(inputOf(url, "authorizationType")),
      mode: asText(inputOf(url, "invokeMode") ?? "BUFFERED"),
    };
  });
}

/** Resource policies: who may call a function without a role of its own. */
export function permissionsOf(graph: Graph): readonly string[] {
  return resourcesOf(graph, awsTypes.permission).map((permission) => {
    const [principal, action, target] = ["principal", "action", "function"].map((key) =>
      shortArn(asText(inputOf(permission, key))),
    );
    return `${principal} may ${action} on ${target}`;
  });
}

function functionsOn(graph: Graph, behavior: JsonObject): readonly string[] {
  const edge = toList(behavior["lambdaFunctionAssociations"]).map(toObject);
  const viewer = toList(behavior["functionAssociations"]).map(toObject);
  return [
    ...viewer.map(
      ({ eventType, functionArn }) => `${shortArn(asText(functionArn))}, at ${asText(eventType)}`,
    ),
    ...edge.map(
      ({ eventType, lambdaArn, includeBody }) =>
        `${functionVersion(graph, asText(lambdaArn))}, at ${asText(eventType)} ${includeBody === true ? "with" : "without"} the body`,
    ),
  ];
}

function functionVersion(graph: Graph, arn: string): string {
  const lambda = resourcesOf(graph, awsTypes.function).find(
    ({ outputs }) => outputs["qualifiedArn"] === arn,
  );
  return lambda === undefined
    ? shortArn(arn)
    : `${lambda.name}, version ${asText(lambda.outputs["version"])}`;
}

function targetOf(graph: Graph, distribution: Resource, behavior: JsonObject): string {
  const origin = toList(inputOf(distribution, "origins"))
    .map(toObject)
    .find(({ originId }) => originId === behavior["targetOriginId"]);
  const host = asText(origin?.["domainName"]);
  const url = resourcesOf(graph, awsTypes.functionUrl).find(
    ({ outputs }) => outputs["functionUrl"] === `https://${host}/`,
  );
  const bucket = resourcesOf(graph, awsTypes.bucket).find(
    ({ outputs }) => outputs["bucketRegionalDomainName"] === host,
  );
  const known = url ?? bucket;
  if (known !== undefined) return known.name;
  const chooses = toList(behavior["functionAssociations"]).some(
    (each) => toObject(each)["eventType"] === "viewer-request",
  );
  return host === "placeholder.sst.dev" && chooses
    ? "what SST's function of CloudFront chooses"
    : `${host}, which this stage does not deploy`;
}

function policyName(id: unknown, meanings: Readonly<Record<string, string>>): string {
  const meaning = Object.hasOwn(meanings, String(id)) ? meanings[String(id)] : undefined;
  return meaning ?? `as the policy ${asText(id)} says`;
}
