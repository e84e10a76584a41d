import type { AccessNames } from "@sst-gatehouse/blueprint/access-names";

import { admits } from "./admits.ts";

/** As much of the rules of `access.ts` as the plan tells; in the order in which they are tried. */
export interface AccessInPlan extends AccessNames {
  readonly rules: readonly RuleInPlan[];
}

export interface RuleInPlan {
  readonly text: string;
  readonly access:
    | string
    | {
        readonly groups?: readonly string[];
        readonly scopes?: readonly string[];
        readonly services?: readonly string[];
      };
  readonly exact: { readonly whole: boolean; readonly path: string };
}

/** A rule, and who it lets in. */
export interface PathAccess {
  readonly rule: string;
  /** In words. */
  readonly who: string;
  /** For a public rule: the rule that would decide without it, and whom that lets in. */
  readonly carvedFrom?: { readonly rule: string; readonly who: string };
}

/** What anybody may call without signing in, each with the protected rule that it is carved out of. */
export function publicPaths({ rules }: AccessInPlan): readonly PathAccess[] {
  return rules.filter(isPublic).map((rule) => {
    const around = rules.find((other) => !isPublic(other) && covers(other, rule));
    return {
      rule: rule.text,
      who: admits(rule),
      ...(around && { carvedFrom: { rule: around.text, who: admits(around) } }),
    };
  });
}

/** What asks for a sign-in, and whose. */
export function protectedPaths({ rules }: AccessInPlan): readonly PathAccess[] {
  return rules
    .filter((rule) => !isPublic(rule))
    .map((rule) => ({ rule: rule.text, who: admits(rule) }));
}

function isPublic({ access }: RuleInPlan): boolean {
  return access === "anyone";
}

function covers(outer: RuleInPlan, inner: RuleInPlan): boolean {
  return !outer.exact.whole && inner.exact.path.startsWith(outer.exact.path);
}
