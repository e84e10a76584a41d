import type { Caller } from "../caller.ts";
import { GuardError } from "../errors.ts";
import { type AccessRequest, type AccessRules, decide, type MissingAccess } from "./access.ts";

/**
 * Admits a caller whom the access rules allow, and tells everybody else why not.
 *
 * @param problem why the session is not used, which says more than that there is no caller.
 * @returns the text of the rule that admits.
 * @throws {GuardError} `token_missing`, or the session's problem, when the caller must sign in (again); `access_denied` when
 *   signing in would not help; `path_malformed`, `path_ambiguous`.
 */
export function requireAccess(
  access: AccessRules,
  request: AccessRequest,
  caller: Caller,
  problem?: GuardError,
): string {
  const decision = decide(access, request, caller);
  if (decision.allowed) return decision.rule;
  if (decision.code === "token_missing") {
    if (problem !== undefined) throw problem;
    throw new GuardError(
      "token_missing",
      "This needs a signed-in caller. Send `Authorization: Bearer <token>`.",
    );
  }
  throw new GuardError("access_denied", whyDenied(decision.missing));
}

function whyDenied({ groups, scopes }: MissingAccess = {}): string {
  const parts = [
    ...(groups === undefined ? [] : [`one of the groups ${groups.join(", ")}`]),
    ...(scopes === undefined
      ? []
      : [`an access token with one of the scopes ${scopes.join(", ")}`]),
  ];
  const needed =
    parts.length === 0 ? "You may not call this." : `This needs ${parts.join(" and ")}.`;
  // A session from before its stage gave people the scope gets it by a new sign-in.
  return groups === undefined && scopes !== undefined
    ? needed
    : `${needed} Signing in again does not change that.`;
}
