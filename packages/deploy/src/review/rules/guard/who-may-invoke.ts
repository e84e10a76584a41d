import type { Chain } from "../facts/chain.ts";
import { type GuardedAction, guardedActions } from "../facts/guarded-actions.ts";
import { guardPolicies } from "./guard-role.ts";
import type { JsonObject } from "../../../dry-run/graph/json.ts";
import { managedPoliciesOf, mayAllow, policiesOf } from "../facts/policies.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import type { Violation } from "../violation.ts";

/** AWS's own policies that are known to allow nothing on what `guardedActions` lists. */
const harmlessManagedPolicies = new Set([
  "service-role/AWSLambdaBasicExecutionRole",
  "service-role/AWSLambdaVPCAccessExecutionRole",
  "AWSXRayDaemonWriteAccess",
  // Of SST's services, bastions and APIs: images, sessions (which read parameters and write none), and logs.
  "service-role/AmazonECSTaskExecutionRolePolicy",
  "AmazonSSMManagedInstanceCore",
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  "service-role/AWSAppSyncPushToCloudWatchLogs",
]);

/**
 * Nobody but the guard's role may call the backend, or take another way to the same end: sign in as others, or change who
 * is believed. Conditions are not read: what could be allowed counts as allowed.
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

function dangersOf(
  statement: JsonObject,
  guarded: readonly GuardedAction[],
  resource: string,
): readonly Violation[] {
  const [first] = guarded.filter(({ action, resource: arn }) => mayAllow(statement, action, arn));
  if (first === undefined) return [];
  return [
    {
      rule: first.rule,
      resource,
      message: `may allow ${first.action} on ${first.resource}, and every principal with that permission can ${first.danger}; link on a function grants this too: remove the link, name other resources or narrower actions`,
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
      message: `attaches ${arn}, whose statements are not written here and may allow calls to the backend that bypass the guard: write what is needed as a policy of this stage`,
    }));
}

/** The name of one of AWS's own policies; empty for any other. */
function awsPolicyName(arn: string): string {
  return /^arn:[a-z-]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? "";
}
