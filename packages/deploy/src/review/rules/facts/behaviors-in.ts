import { everyPath, matchesPattern } from "@sst-gatehouse/blueprint/path-pattern";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { isAbsent, type JsonObject, toList, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";

/** A behaviour of a distribution. */
export interface Behavior {
  /** `the behaviour for /api/*` */
  readonly name: string;
  readonly pattern: string;
  readonly inputs: JsonObject;
  /** Of the origin that it leads to. */
  readonly host: unknown;
  /** Whether CloudFront runs any function of Lambda@Edge there. */
  readonly hasEdgeFunction: boolean;
}

/** In the order in which CloudFront tries them; the last takes every path. */
export function behaviorsIn(distribution: Resource): readonly Behavior[] {
  const origins = toList(inputOf(distribution, "origins")).map(toObject);
  const ordered = toList(inputOf(distribution, "orderedCacheBehaviors")).map(toObject);
  const behavior = (name: string, pattern: string, inputs: JsonObject): Behavior => ({
    name,
    pattern,
    inputs,
    host: origins.find(({ originId }) => originId === inputs["targetOriginId"])?.["domainName"],
    hasEdgeFunction: !isAbsent(inputs["lambdaFunctionAssociations"]),
  });
  return [
    ...ordered.map((inputs) => {
      const pattern = String(inputs["pathPattern"]);
      return behavior(`the behaviour for ${pattern}`, pattern, inputs);
    }),
    behavior(
      "the default behaviour",
      everyPath,
      toObject(inputOf(distribution, "defaultCacheBehavior")),
    ),
  ];
}

/** The behaviour that a path comes to. */
export function behaviorAt(behaviors: readonly Behavior[], path: string): Behavior | undefined {
  return behaviors.find(({ pattern }) => matchesPattern(pattern, path));
}
