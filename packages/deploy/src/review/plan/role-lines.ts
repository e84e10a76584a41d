import { listed } from "./readable.ts";
import type { GrantInPlan, RoleInPlan } from "./roles-in-plan.ts";
import { columns, type Row, wrapped } from "../text.ts";

/** A role as text: who may take it, and each thing that it may do. */
export function roleLines({
  name,
  physicalName,
  assumedBy,
  managedPolicies,
  may,
}: RoleInPlan): readonly string[] {
  return [
    ...wrapped(`${physicalName} (${name}), assumed by ${listed(assumedBy)}`, 2),
    ...managedPolicies.flatMap((arn) => wrapped(`has the policy ${arn.replace(/^.*\//, "")}`, 4)),
    ...may.flatMap(grantLines),
  ];
}

function grantLines({
  words,
  denied,
  actions,
  resources,
  conditions,
}: GrantInPlan): readonly string[] {
  const rows: readonly Row[] = [
    ["actions", listed(actions)],
    ...resources.map((resource): Row => ["on", resource]),
    ...conditions.map((condition): Row => ["only if", condition]),
  ];
  return [...wrapped(`${denied ? "may not" : "may"} ${words}`, 4), ...columns(rows, 6)];
}
