import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { accountOf } from "../facts/aws-account.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { isObject, type JsonObject, toList } from "../../../dry-run/graph/json.ts";
import { statementsOf } from "../facts/policies.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/**
 * No role of the stage may be taken by accounts, users or everybody. SST's own default trusts the account's root, and so
 * lets anybody there who may assume roles take it; live debugging needs that, but never for the guard's role.
 */
export function checkRoleTrust({ graph, parts, backend, guardRole }: Chain): readonly Violation[] {
  const { partition, id } = accountOf(backend);
  const root = `arn:${partition}:iam::${id}:root`;
  return resourcesOf(parts, awsTypes.role).flatMap((role) => {
    const forDebugging = graph.dev && role !== guardRole ? root : undefined;
    const statements = statementsOf(inputOf(role, "assumeRolePolicy"));
    return unmet(role, [
      {
        rule: "role-trust",
        holds:
          statements !== undefined &&
          statements.length > 0 &&
          statements.every((statement) => trustsServicesOnly(statement, forDebugging)),
        message:
          "may be assumed by an account, a user or everybody, not by AWS services alone; SST's default trusts the whole account: set assumeRolePolicy in transform.role",
      },
    ]);
  });
}

function trustsServicesOnly(
  { Effect, Principal }: JsonObject,
  exception: string | undefined,
): boolean {
  if (Effect === "Deny") return true;
  // Everybody, or everybody but somebody (NotPrincipal).
  if (!isObject(Principal)) return false;
  return Object.entries(Principal).every(([kind, names]) =>
    toList(names).every(
      (name) =>
        ((kind === "Service" || kind === "Federated") && name !== "*") ||
        (kind === "AWS" && exception !== undefined && name === exception),
    ),
  );
}
