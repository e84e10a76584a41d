import { parameterPrefix } from "@gatehouse/blueprint/parameters";

import { accountOf } from "./aws-account.ts";
import type { Chain } from "./chain.ts";
import { guardedArns, guardPolicies } from "./guard-role.ts";
import type { JsonObject } from "./json.ts";
import { managedPoliciesOf, mayAllow, policiesOf } from "./policies.ts";
import { attributeOf } from "./resource-values.ts";
import { labelOf, type Violation } from "./violation.ts";

/** AWS's own policies that are known to allow nothing on this stage's functions, roles and parameters. */
const harmlessManagedPolicies = new Set([
  "service-role/AWSLambdaBasicExecutionRole",
  "service-role/AWSLambdaVPCAccessExecutionRole",
  "AWSXRayDaemonWriteAccess",
]);

interface Guarded {
  readonly action: string;
  readonly resource: string;
  /** What whoever may do this could do. */
  readonly danger: string;
}

/**
 * Nobody but the guard's role may call the backend, or take another way to the same end. Conditions are not read: what
 * could be allowed counts as allowed.
 */
export function checkWhoMayInvoke(chain: Chain): readonly Violation[] {
  const exempt = new Set(guardPolicies(chain)); // compared with the blueprint by `guard-role-policy`
  const guarded = guardedActions(chain);
  const written = policiesOf(chain.graph)
    .filter(({ resource }) => !exempt.has(resource))
    .flatMap(({ resource, statements }) => {
      const label = labelOf(resource);
      if (statements === undefined) return [unreadable(label)];
      return statements.flatMap((statement) => dangersOf(statement, guarded, label));
    });
  return [...written, ...checkManagedPolicies(chain)];
}

function guardedActions(chain: Chain): readonly Guarded[] {
  const { graph, backend, guard, guardRole } = chain;
  const { partition, id } = accountOf(backend);
  const role = attributeOf(guardRole, "arn");
  const parameters = `arn:${partition}:ssm:${graph.region}:${id}:parameter${parameterPrefix(graph.app, graph.stage)}/*`;
  const become = "act as the guard and speak for every user";
  return [
    ...[...new Set([attributeOf(backend, "arn"), ...guardedArns(chain)])].flatMap(actionsOn),
    {
      action: "lambda:UpdateFunctionCode",
      resource: attributeOf(guard, "arn"),
      danger: "run code of its own as the guard's role",
    },
    { action: "iam:PassRole", resource: role, danger: become },
    { action: "sts:AssumeRole", resource: role, danger: become },
    { action: "iam:UpdateAssumeRolePolicy", resource: role, danger: become },
    { action: "iam:PutRolePolicy", resource: role, danger: "widen what the guard may do" },
    { action: "iam:AttachRolePolicy", resource: role, danger: "widen what the guard may do" },
    {
      action: "ssm:PutParameter",
      resource: parameters,
      danger: "name an app client that the guard would trust",
    },
  ];
}

function actionsOn(resource: string): readonly Guarded[] {
  const call = "call the backend past the guard";
  return [
    { action: "lambda:InvokeFunctionUrl", resource, danger: call },
    { action: "lambda:InvokeFunction", resource, danger: call },
    { action: "lambda:InvokeAsync", resource, danger: call },
    { action: "lambda:AddPermission", resource, danger: "open the backend to anybody" },
    { action: "lambda:UpdateFunctionUrlConfig", resource, danger: "unlock the Function URL" },
    { action: "lambda:UpdateFunctionCode", resource, danger: "replace the backend's code" },
  ];
}

function dangersOf(
  statement: JsonObject,
  guarded: readonly Guarded[],
  resource: string,
): readonly Violation[] {
  const [first] = guarded.filter(({ action, resource: arn }) => mayAllow(statement, action, arn));
  if (first === undefined) return [];
  return [
    {
      rule: "invoke-granted",
      resource,
      message: `may allow ${first.action} on ${first.resource}, and whoever has it can ${first.danger}; link on a function grants this too: name other resources, or take the statement away`,
    },
  ];
}

function unreadable(resource: string): Violation {
  return {
    rule: "invoke-granted",
    resource,
    message:
      "holds a policy that cannot be read here, so it may allow calling the backend past the guard: write it as a JSON document",
  };
}

function checkManagedPolicies({ graph }: Chain): readonly Violation[] {
  const written = new Set(
    graph.resources
      .filter(({ type }) => type === "aws:iam/policy:Policy")
      .map((policy) => attributeOf(policy, "arn")),
  );
  return managedPoliciesOf(graph)
    .filter(({ arn }) => !written.has(arn) && !harmlessManagedPolicies.has(awsPolicyName(arn)))
    .map(({ resource, arn }) => ({
      rule: "invoke-through-managed-policy",
      resource: labelOf(resource),
      message: `attaches ${arn}, whose statements are not written here and may allow calling the backend past the guard: write down what is needed as a policy of the stage's own`,
    }));
}

/** The name of one of AWS's own policies; empty for any other. */
function awsPolicyName(arn: string): string {
  return /^arn:[a-z-]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? "";
}
