import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/** A resource policy is for a service of AWS's, such as a user pool with a trigger, and for nobody else. */
export function checkPermissionPrincipals(graph: Graph): readonly Violation[] {
  return resourcesOf(graph, awsTypes.permission).flatMap((permission) => {
    const principal = inputOf(permission, "principal");
    return unmet(permission, [
      {
        rule: "permission-public",
        holds: principal !== "*",
        message:
          "lets everybody call the function, and stays in force when the Function URL is locked again: remove it",
      },
      {
        rule: "permission-principal",
        holds: principal === "*" || isService(principal),
        message:
          "lets an account, a role or a user call the function, which may come from any account and is no service of AWS's: name a service, or write a policy for the role",
      },
    ]);
  });
}

/** What is behind the guard, and the guard, have no resource policy: in one account the policy of its role is enough. */
export function checkChainPermissions(chain: Chain): readonly Violation[] {
  const { graph, backend, backends, guard } = chain;
  const closed = [backend, ...backends];
  const elsewhere = resourcesOf(graph, awsTypes.function).filter(
    (other) => !closed.includes(other),
  );
  return resourcesOf(graph, awsTypes.permission).flatMap((permission) =>
    unmet(permission, [
      {
        rule: "permission-guard",
        holds: !isFor(permission, guard),
        message:
          "lets a principal call the guard without CloudFront, which would sign what it makes up; CloudFront needs none: remove it",
      },
      {
        rule: "permission-backend",
        holds:
          elsewhere.some((other) => isFor(permission, other)) &&
          !closed.some((one) => isFor(permission, one)),
        message:
          "is not for another function of the stage, and so lets a principal call the backend without the guard: only the guard's role may, by its own policy",
      },
    ]),
  );
}

function isService(principal: unknown): boolean {
  return typeof principal === "string" && /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(principal);
}

/** Whether the permission is for a function, or for a version of it. */
function isFor(permission: Resource, target: Resource): boolean {
  const name = inputOf(permission, "function");
  const names = [attributeOf(target, "name"), attributeOf(target, "arn")];
  return typeof name === "string" && [...names, target.outputs["qualifiedArn"]].includes(name);
}
