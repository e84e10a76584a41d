import type { Graph, Resource } from "../../../dry-run/graph/graph.ts";
import { patternsMeet } from "./glob.ts";
import {
  isObject,
  type JsonObject,
  parseJson,
  toList,
  toObject,
} from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";

/** A policy document with the resource that it stands in. */
export interface PolicyInGraph {
  readonly resource: Resource;
  /** Undefined when it cannot be read. */
  readonly statements: readonly JsonObject[] | undefined;
}

/** Every policy that is written out in the graph: of roles, users and groups, inline or managed. */
export function policiesOf(graph: Graph): readonly PolicyInGraph[] {
  return iamResources(graph).flatMap((resource) => [
    ...toList(inputOf(resource, "policy")).map((policy) => ({
      resource,
      statements: statementsOf(policy),
    })),
    ...toList(inputOf(resource, "inlinePolicies")).flatMap((inline) => {
      const { policy } = toObject(inline);
      // The provider reads an entry without a policy as "there shall be none".
      return policy === undefined ? [] : [{ resource, statements: statementsOf(policy) }];
    }),
  ]);
}

/** Every managed policy that is attached to something, by ARN, with the resource that attaches it. */
export function managedPoliciesOf(
  graph: Graph,
): readonly { readonly resource: Resource; readonly arn: string }[] {
  return iamResources(graph).flatMap((resource) =>
    ["managedPolicyArns", "policyArn", "policyArns"]
      .flatMap((key) => toList(inputOf(resource, key)))
      .map((arn) => ({ resource, arn: String(arn) })),
  );
}

/** The statements of a policy document; undefined when it is none. */
export function statementsOf(document: unknown): readonly JsonObject[] | undefined {
  const parsed = parseJson(document);
  if (!isObject(parsed)) return undefined;
  const statements = toList(parsed["Statement"]);
  return statements.every(isObject) ? statements : undefined;
}

/**
 * Whether a statement may allow an action on a resource, under whatever condition.
 *
 * @param resource an ARN; what begins with it and a colon counts too, because that is a version or alias of a function.
 */
export function mayAllow(statement: JsonObject, action: string, resource: string): boolean {
  if (statement["Effect"] === "Deny") return false;
  return coversAction(statement, action) && coversResource(statement, resource);
}

function coversAction({ Action, NotAction }: JsonObject, action: string): boolean {
  if (Action !== undefined)
    return toList(Action).some((pattern) => patternsMeet(String(pattern), action));
  // Everything but what is listed; a list that says nothing excludes nothing.
  return !toList(NotAction).some((pattern) => patternsMeet(String(pattern), action));
}

function coversResource({ Resource: resources }: JsonObject, arn: string): boolean {
  // With NotResource, or with neither, nothing can be ruled out.
  if (resources === undefined) return true;
  return toList(resources).some(
    (pattern) => patternsMeet(String(pattern), arn) || patternsMeet(String(pattern), `${arn}:*`),
  );
}

function iamResources({ resources }: Graph): readonly Resource[] {
  return resources.filter(({ type }) => type.startsWith("aws:iam/"));
}
