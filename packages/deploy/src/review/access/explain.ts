import { allowedMethods } from "@sst-gatehouse/blueprint/cache-behavior";
import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { type RuleOfReading, rulesOfReadings, selectRule } from "@sst-gatehouse/core/access";
import type { Caller } from "@sst-gatehouse/core/caller";
import { isEdgeRoute } from "@sst-gatehouse/core/edge-routes";
import { type ErrorCode, GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { requireAccess } from "@sst-gatehouse/core/require-access";
import { isResourceRoute, requireResource } from "@sst-gatehouse/core/resource";
import { statuses } from "@sst-gatehouse/core/statuses";
import { encodeRaw } from "@sst-gatehouse/core/wire";
import { accessOf } from "@sst-gatehouse/edge/build/guard-data";

import { admits } from "./admits.ts";

export interface Question {
  /** Upper case. */
  readonly method: string;
  /** As on the wire, without query; what browsers leave raw may be so. */
  readonly path: string;
  readonly caller: Caller;
}

/** What the guard makes of a request, and why. */
export interface Explanation {
  /** Everything that a reader could take the path for, the path itself first; nothing where it is no path, or has too many. */
  readonly readings: readonly RuleOfReading[];
  /** The rule that decides; undefined where none does. */
  readonly rule: { readonly text: string; readonly admits: string } | undefined;
  readonly outcome: RulesOutcome;
}

export type RulesOutcome =
  /** The backend answers. */
  | { readonly kind: "admitted" }
  /** One of the guard's own addresses: no rule is asked. */
  | { readonly kind: "guard" }
  /** In the words of the refusal. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: ErrorCode;
      readonly detail: string;
    };

/**
 * Asks the access rules what they say of a request, as the guard asks them. A CORS preflight, which the guard answers
 * itself, is not such a request.
 *
 * @throws {TypeError} for what are no access rules.
 */
export function explain(access: GateAccess, { method, path, caller }: Question): Explanation {
  const rules = accessOf(access);
  const request = { method, path: encodeRaw(path) };
  let readings: readonly RuleOfReading[] = [];
  let rule: Explanation["rule"];
  try {
    // In the order of the guard.
    if (
      isResourceRoute(rules, request) ||
      isEdgeRoute(request.path, () => exactReadings(request.path))
    )
      return { readings, rule, outcome: { kind: "guard" } };
    if (!allowedMethods.includes(method))
      throw new GuardError("method_not_allowed", "This method is not served here.");
    readings = rulesOfReadings(rules, request);
    const decides = selectRule(rules, request);
    const written = access.rules.find(({ text }) => text === decides);
    rule = written && { text: written.text, admits: admits(written) };
    requireResource(rules, request, { caller }, "");
    requireAccess(rules, request, caller);
    return { readings, rule, outcome: { kind: "admitted" } };
  } catch (error) {
    if (!isGuardError(error)) throw error;
    const { code, message: detail } = error;
    return { readings, rule, outcome: { kind: "refused", status: statuses[code], code, detail } };
  }
}
