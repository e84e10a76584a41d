import { edgeRoleName, edgeRolePolicy, edgeRoleTrust } from "@sst-gatehouse/blueprint/edge-role";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { PolicyDocument } from "@sst-gatehouse/blueprint/policy-document";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { accountOf } from "../facts/aws-account.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { backendArns } from "../facts/backend-arns.ts";
import type { Chain } from "../facts/chain.ts";
import { isAbsent, parseJson, sameJson, toList } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import { unmet, type Violation } from "../violation.ts";

/** Whoever gets this role is everybody, so it is compared with the blueprint statement by statement. */
export function checkGuardRole(chain: Chain): readonly Violation[] {
  const { graph, guardRole } = chain;
  const name = edgeRoleName(graph.app, graph.stage, graph.region);
  const path = inputOf(guardRole, "path");
  return [
    ...unmet(guardRole, [
      {
        rule: "guard-role-name",
        holds: inputOf(guardRole, "name") === name && isAbsent(inputOf(guardRole, "namePrefix")),
        message: `is not called ${name}; the backend believes exactly that role, so every request would come from an unknown service: take the name from the blueprint's edgeRoleName`,
      },
      {
        rule: "guard-role-path",
        holds: path === undefined || path === "/",
        message:
          "has a path, which is missing from the ARN of its sessions; the rules could no longer tell it from another role: take the path away",
      },
      {
        rule: "guard-role-trust",
        holds: sameJson(parseJson(inputOf(guardRole, "assumeRolePolicy")), edgeRoleTrust),
        message:
          "is not trusted by lambda and edgelambda alone; without both CloudFront refuses the guard, and any other principal that may assume the role can speak for every user: use the blueprint's edgeRoleTrust",
      },
      {
        rule: "guard-role-managed-policies",
        holds: isAbsent(inputOf(guardRole, "managedPolicyArns")),
        message: "has managed policies, and so may do more than the guard needs: remove them",
      },
      {
        rule: "guard-role-inline-policies",
        holds: isAbsent(inputOf(guardRole, "inlinePolicies")),
        message:
          "has inline policies; its one policy is a resource of its own, attached once the backend exists: remove them",
      },
    ]),
    ...checkAttachments(chain),
    ...checkPolicy(chain),
  ];
}

/** What the guard may do at AWS: for the functions behind it, for this stage's parameters, and for its log. */
function expectedPolicy(chain: Chain): PolicyDocument {
  const { graph, backend } = chain;
  const { partition, id } = accountOf(backend);
  return edgeRolePolicy({
    functionArns: backendArns(chain),
    parameterPrefixArn: `arn:${partition}:ssm:${graph.region}:${id}:parameter${parameterPrefix(graph.app, graph.stage)}`,
    logGroupArn: `arn:${partition}:logs:*:${id}:log-group:${guardLogGroup(graph.app, graph.stage)}`,
  });
}

/** The policies that are attached to the guard's role as resources of their own. */
export function guardPolicies({ graph, guardRole }: Chain): readonly Resource[] {
  return graph.resources.filter(
    (resource) => resource.type === awsTypes.rolePolicy && isForRole(resource, guardRole),
  );
}

function checkPolicy(chain: Chain): readonly Violation[] {
  const [policy, ...others] = guardPolicies(chain);
  if (policy === undefined || others.length > 0) {
    return unmet(chain.guardRole, [
      {
        rule: "guard-role-policy-count",
        holds: false,
        message: `has ${policy === undefined ? "no policy" : `${others.length + 1} policies`}; without one AWS refuses every call of the guard, and a second one grants more: attach the one that the gate makes, and no other`,
      },
    ]);
  }
  return unmet(policy, [
    {
      rule: "guard-role-policy",
      holds: sameJson(parseJson(inputOf(policy, "policy")), expectedPolicy(chain)),
      message:
        "is not the blueprint's edgeRolePolicy for the functions behind it, the stage's parameters and its log group; narrower and AWS refuses the guard, wider and a flaw in the guard reaches further: write it with edgeRolePolicy",
    },
  ]);
}

function checkAttachments(chain: Chain): readonly Violation[] {
  return guardRoleAttachments(chain).map((resource) => ({
    rule: "guard-role-attachment",
    resource: labelOf(resource),
    message: "gives the guard's role more than its one policy: remove it",
  }));
}

/** Attachments, and lists that claim to be exclusive. */
export function guardRoleAttachments({ graph, guardRole }: Chain): readonly Resource[] {
  return graph.resources.filter(
    (resource) =>
      resource.type.startsWith("aws:iam/") &&
      resource.type !== awsTypes.rolePolicy &&
      isForRole(resource, guardRole),
  );
}

/** Whether something is attached to the role: by name, ARN or id, alone or in a list. */
function isForRole(resource: Resource, role: Resource): boolean {
  const names = ["name", "arn", "id"].map((key) => attributeOf(role, key));
  return ["role", "roles", "roleName"]
    .flatMap((key) => toList(inputOf(resource, key)))
    .some((target) => names.some((name) => name === target));
}
