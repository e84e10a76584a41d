import { randomBytes } from "node:crypto";

import type { AccessNames } from "@sst-gatehouse/blueprint/access-names";

/** As much of the access rules as probes have to know, in the order in which they are tried. */
export interface AccessToProbe extends AccessNames {
  readonly rules: readonly RuleToProbe[];
}

interface RuleToProbe {
  readonly method: string | undefined;
  readonly authorization?: "own";
  readonly access: string | { readonly groups?: readonly string[] };
  /** `whole`: this path only; otherwise all that begins with it. */
  readonly exact: { readonly whole: boolean; readonly path: string };
}

/**
 * Paths to send a GET to, one for each rule that admits such a caller. Where a rule leaves it open, a path that the app
 * is not likely to know, so that nothing but a 404 comes of it; a rule for one path is taken only where there is no other.
 */
export function pathsAdmitting(
  access: AccessToProbe,
  kind: "anyone" | "signed-in",
): readonly string[] {
  const admitting = readable(access).filter((rule) => rule.access === kind);
  const open = admitting.filter(({ exact }) => !exact.whole);
  return open.length > 0 ? open.map(madeUp) : admitting.slice(0, 1).map(madeUp);
}

/** A group that a deploy makes, and a path that its members may GET. */
export function pathOfGroup(
  access: AccessToProbe,
): { readonly group: string; readonly path: string } | undefined {
  for (const rule of readable(access)) {
    if (typeof rule.access === "string") continue;
    const group = rule.access.groups?.find((name) => !access.externalGroups?.includes(name));
    if (group !== undefined) return { group, path: madeUp(rule) };
  }
  return undefined;
}

function readable({ rules }: AccessToProbe): readonly RuleToProbe[] {
  return rules.filter(
    ({ method, authorization }) =>
      authorization === undefined && (method === undefined || method === "GET"),
  );
}

function madeUp({ exact: { whole, path } }: RuleToProbe): string {
  return whole ? path : `${path}gatehouse-doctor-${randomBytes(4).toString("hex")}`;
}
