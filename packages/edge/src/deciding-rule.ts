import { type AccessRules, rulesOfReadings, selectRule } from "@sst-gatehouse/core/access";
import { isEdgeRouteInAnyCase } from "@sst-gatehouse/core/edge-routes";
import type { ErrorCode } from "@sst-gatehouse/core/errors";

import type { OriginRequest } from "./http/cloudfront.ts";
import type { Decision } from "./log.ts";

/** What is refused by a rule, or for want of one. */
const byRule: ReadonlySet<ErrorCode> = new Set([
  "access_denied",
  "path_ambiguous",
  "scope_missing",
  "token_missing",
]);

/** For the log: by which rule a request was refused; nothing where no rule was looked for. */
export function decidingRule(
  code: ErrorCode,
  access: AccessRules,
  { http: { method, path }, readings }: OriginRequest,
): Pick<Decision, "rule" | "reading" | "otherRule"> {
  if (!byRule.has(code)) return {};
  const request = { method, path, readings };
  try {
    if (code !== "path_ambiguous") return { rule: selectRule(access, request), reading: "as_sent" };
    const [asSent, ...others] = rulesOfReadings(access, request);
    for (const { reading, lowerCase, rule } of others) {
      const isGuards = isEdgeRouteInAnyCase(reading);
      if (rule !== asSent?.rule || isGuards)
        return {
          rule: asSent?.rule,
          reading: lowerCase ? "lower_case" : "rewritten",
          otherRule: isGuards ? "/.auth/*" : rule,
        };
    }
  } catch {
    // A path that is none, or with too many readings: refused all the same.
  }
  return {};
}
