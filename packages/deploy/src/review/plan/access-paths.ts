import type { GateAccess, GateRule } from "@sst-gatehouse/blueprint/gate";

import { admits } from "../access/admits.ts";

/** A rule, and who it lets in. */
export interface PathAccess {
  readonly rule: string;
  /** In words. */
  readonly who: string;
  /** For a public rule: the backend has to verify its senders' `Authorization`. */
  readonly authorization?: "own";
  /** For a public rule: the rule that would decide without it, and whom that lets in. */
  readonly carvedFrom?: { readonly rule: string; readonly who: string };
}

/** What anybody may call without signing in, each with the protected rule that it is carved out of. */
export function publicPaths({ rules }: GateAccess): readonly PathAccess[] {
  return rules.filter(isPublic).map((rule) => {
    const around = rules.find((other) => !isPublic(other) && covers(other, rule));
    return {
      rule: rule.text,
      who: admits(rule),
      ...(rule.authorization && { authorization: rule.authorization }),
      ...(around && { carvedFrom: { rule: around.text, who: admits(around) } }),
    };
  });
}

/** What asks for a sign-in, and whose. */
export function protectedPaths({ rules }: GateAccess): readonly PathAccess[] {
  return rules
    .filter((rule) => !isPublic(rule))
    .map((rule) => ({ rule: rule.text, who: admits(rule) }));
}

function isPublic({ access }: GateRule): boolean {
  return access === "anyone";
}

function covers(outer: GateRule, inner: GateRule): boolean {
  return !outer.exact.whole && inner.exact.path.startsWith(outer.exact.path);
}
