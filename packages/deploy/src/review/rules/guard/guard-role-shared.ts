import { apiEnvironment } from "@sst-gatehouse/blueprint/api-function";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { guardPolicies, guardRoleAttachments } from "./guard-role.ts";
import { isObject, withoutSecretMarks } from "../../../dry-run/graph/json.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import type { Violation } from "../violation.ts";

/** Nothing but the guard has a use for its role: a function that runs as it is believed about every user. */
export function checkGuardRoleShared(chain: Chain): readonly Violation[] {
  const { graph, guard, guardRole } = chain;
  // These have rules of their own; components only group others.
  const exempt = new Set([
    guard,
    guardRole,
    ...guardPolicies(chain),
    ...guardRoleAttachments(chain),
  ]);
  const name = attributeOf(guardRole, "name");
  return graph.resources
    .filter((resource) => !resource.component && !exempt.has(resource))
    .filter((resource) => textsOf(inputsThatUse(resource)).some((text) => names(text, name)))
    .map((resource) => ({
      rule: "guard-role-shared",
      resource: labelOf(resource),
      message: `names the guard's role ${name}; code that runs as that role, and every principal that may assume it, can claim to be any user: give it its own role`,
    }));
}

/** The inputs but for the variable that tells a backend whom to believe, which gives nobody the role. */
function inputsThatUse({ type, inputs }: Resource): unknown {
  const plain = withoutSecretMarks(inputs);
  if (type !== awsTypes.function || !isObject(plain)) return plain;
  const { environment, ...others } = plain;
  if (!isObject(environment) || !isObject(environment["variables"])) return plain;
  const { [apiEnvironment.edgeRole]: _believed, ...variables } = environment["variables"];
  return { ...others, environment: { ...environment, variables } };
}

/** Every text in a JSON value, names of members included. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsOf(member)]);
}

/** Whether the role's name is a word of the text, as in its ARN; IAM tells no upper case from lower. */
function names(text: string, role: string): boolean {
  return text
    .toLowerCase()
    .split(/[^\w-]+/)
    .includes(role.toLowerCase());
}
