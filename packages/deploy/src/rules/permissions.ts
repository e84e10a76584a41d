import { type Graph, type Resource, resourcesOf } from "../graph.ts";
import { awsTypes } from "./aws-types.ts";
import type { Chain } from "./chain.ts";
import { withoutSecretMarks } from "./json.ts";
import { attributeOf, inputOf } from "./resource-values.ts";
import { unmet, type Violation } from "./violation.ts";

/** Resource policies that let everybody call a function. */
export function checkPublicPermissions(graph: Graph): readonly Violation[] {
  return resourcesOf(graph, awsTypes.permission).flatMap((permission) =>
    unmet(permission, [
      {
        rule: "permission-public",
        holds: inputOf(permission, "principal") !== "*",
        message:
          "lets everybody call the function, and stays in force when the Function URL is locked again: take it away",
      },
    ]),
  );
}

/** What is behind the guard has no resource policy at all: in one account the policy of the guard's role is enough. */
export function checkBackendPermissions({ graph, backend, backends }: Chain): readonly Violation[] {
  const elsewhere = resourcesOf(graph, awsTypes.function).filter(
    (other) => other !== backend && !backends.includes(other),
  );
  return resourcesOf(graph, awsTypes.permission).flatMap((permission) =>
    unmet(permission, [
      {
        rule: "permission-backend",
        holds: elsewhere.some((other) => isFor(permission, other)),
        message:
          "is not for another function of the stage, and so lets a principal call the backend without the guard: only the guard's role may, by its own policy",
      },
    ]),
  );
}

function isFor(permission: Resource, target: Resource): boolean {
  const { function: name } = permission.inputs;
  return ["name", "arn"].some((key) => withoutSecretMarks(name) === attributeOf(target, key));
}
