import { randomBytes } from "node:crypto";

import type { GateAccess, GateRule } from "@sst-gatehouse/blueprint/gate";
import { everyPath, matchesPattern } from "@sst-gatehouse/blueprint/path-pattern";

import type { SiteToCheck } from "./stage-under-check.ts";

/** The rules, and where paths lead. */
interface ToProbe {
  readonly access: GateAccess;
  readonly site: SiteToCheck | undefined;
}

/**
 * Paths to send a GET to, one for each rule that admits such a caller to a backend; the bucket of a site answers in ways
 * of its own. Where a rule leaves it open, a path that the app is not likely to know, so that nothing but a 404 comes of
 * it; a rule for one path is taken only where there is no other.
 */
export function pathsAdmitting(under: ToProbe, kind: "anyone" | "signed-in"): readonly string[] {
  const admitting = readable(under.access).filter((rule) => rule.access === kind);
  const paths = (whole: boolean) =>
    admitting.flatMap((rule) => (rule.exact.whole === whole ? pathsOf(rule, under) : []));
  const open = paths(false);
  return open.length > 0 ? open : paths(true).slice(0, 1);
}

/** A group that a deploy makes, and a path that its members may GET. */
export function pathOfGroup(
  under: ToProbe,
): { readonly group: string; readonly path: string } | undefined {
  const { access } = under;
  for (const rule of readable(access)) {
    if (typeof rule.access === "string") continue;
    const group = rule.access.groups?.find((name) => !access.externalGroups?.includes(name));
    const [path] = pathsOf(rule, under);
    if (group !== undefined && path !== undefined) return { group, path };
  }
  return undefined;
}

function readable({ rules }: GateAccess): readonly GateRule[] {
  return rules.filter((rule) => rule.authorization === undefined && isForGet(rule));
}

function isForGet({ method }: GateRule): boolean {
  return method === undefined || method === "GET";
}

/** One path that a rule decides about and a backend answers; none where there is none. */
function pathsOf(rule: GateRule, { access, site }: ToProbe): readonly string[] {
  const behaviors = site?.behaviors ?? [{ pattern: everyPath, backend: "" }];
  const { whole, path } = rule.exact;
  const madeUp = `gatehouse-doctor-${randomBytes(4).toString("hex")}`;
  const inside = behaviors.flatMap((each) =>
    "backend" in each ? [each.pattern.replaceAll("*", madeUp).replaceAll("?", "x")] : [],
  );
  const candidates = whole ? [path] : [`${path}${madeUp}`, ...inside];
  const found = candidates.find((candidate) => {
    const leads = behaviors.find(({ pattern }) => matchesPattern(pattern, candidate));
    const decides = access.rules.find((each) => isForGet(each) && covers(each, candidate));
    return leads !== undefined && "backend" in leads && decides === rule && !isOwn(candidate);
  });
  return found === undefined ? [] : [found];
}

function covers({ exact: { whole, path } }: GateRule, candidate: string): boolean {
  return whole ? candidate === path : candidate.startsWith(path);
}

/** Answered by the guard itself, whatever the rules say. */
function isOwn(path: string): boolean {
  return /^\/\.(?:auth|well-known)\/|^\/register\b/.test(path);
}
