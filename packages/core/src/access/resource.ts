import type { Caller } from "../caller.ts";
import { GuardError, isGuardError } from "../errors.ts";
import {
  type AccessRequest,
  type AccessRules,
  decide,
  type Decision,
  readingsOf,
  selectRule,
} from "./access.ts";
import {
  isOfResource,
  registrationPath,
  type Resource,
  resourceMetadataPath,
  serverMetadataPath,
} from "./parse-resource.ts";

export type { Resource } from "./parse-resource.ts";
export { registrationPath, resourceMetadataPath, serverMetadataPath } from "./parse-resource.ts";

/**
 * Whether the guard answers a request itself, for clients that look for the resource's sign-in.
 *
 * @throws {GuardError} `path_ambiguous` for a path that some reader would take for such an address; `path_malformed`.
 */
export function isResourceRoute({ resource }: AccessRules, request: AccessRequest): boolean {
  if (resource === undefined) return false;
  const { method, path } = request;
  const own = [resourceMetadataPath, `${resourceMetadataPath}${resource.path}`, serverMetadataPath];
  // Only what registers a client: the app may have a page of that name.
  if (method === "POST") own.push(registrationPath);
  if (own.includes(path)) return true;
  // Every reading of such an address spells one of these, or hides it behind an escape.
  if (!/register|oauth-|%/i.test(path)) return false;
  const lowerCase = own.map((each) => each.toLowerCase());
  if (readingsOf(request).some((reading) => lowerCase.includes(reading.toLowerCase())))
    throw new GuardError(
      "path_ambiguous",
      "The path can be read as one that the guard answers itself; send its plain form.",
    );
  return false;
}

/**
 * The scopes of the resource that a caller's token lacks, where a rule of the resource admits them. Whoever needs no token,
 * or brings none because IAM knows them, lacks nothing.
 */
export function lackedScopes(
  { resource, rules }: AccessRules,
  rule: string,
  caller: Caller,
): readonly string[] {
  if (resource === undefined || !isOfResource(resource, rule)) return [];
  if (caller.kind === "anonymous" || caller.kind === "service") return [];
  if (rules.some(({ text, access }) => text === rule && access === "anyone")) return [];
  return resource.scopes.filter((scope) => !caller.scopes.includes(scope));
}

/** A token that was verified, as far as a resource asks. */
export interface BoundCaller {
  readonly caller: Caller;
  /** What the token is bound to (RFC 8707), if to anything. */
  readonly audience?: unknown;
}

/** Scopes are what is missing; a client may sign in for more of them. */
export interface ScopeMissing extends GuardError {
  readonly scopes: readonly string[];
}

/**
 * Refuses a token that is bound to something else than the resource it is sent to, and one that lacks scopes there. Says
 * nothing about callers whom the rules refuse for other reasons.
 *
 * @param origin the app's own.
 * @throws {GuardError} `token_audience`; `scope_missing`, a {@link ScopeMissing}; `path_malformed`, `path_ambiguous`.
 */
export function requireResource(
  access: AccessRules,
  request: AccessRequest,
  { caller, audience }: BoundCaller,
  origin: string,
): void {
  const { resource } = access;
  if (resource === undefined) return;
  const decision = decide(access, request, caller);
  const { rule } = decision;
  const inside = rule !== undefined && isOfResource(resource, rule);
  if (audience !== undefined && !(inside && audience === `${origin}${resource.path}`))
    throw new GuardError("token_audience", "The token is bound to another resource.");
  if (!inside) return;
  const scopes = missingScopes(access, rule, decision, caller);
  if (scopes.length === 0) return;
  const error = new GuardError(
    "scope_missing",
    `This needs an access token with the ${scopes.length === 1 ? "scope" : "scopes"} ${scopes.join(", ")}.`,
  );
  throw Object.assign(error, { scopes });
}

/** Empty where it is not for scopes alone that a caller is refused. */
function missingScopes(
  access: AccessRules,
  rule: string,
  decision: Decision,
  caller: Caller,
): readonly string[] {
  const lacked = lackedScopes(access, rule, caller);
  if (decision.allowed) return lacked;
  const { groups, scopes } = decision.missing ?? {};
  return groups === undefined && scopes !== undefined ? [...new Set([...lacked, ...scopes])] : [];
}

/**
 * A challenge (`WWW-Authenticate`) that leads a client to the sign-in, where a request is the resource's.
 *
 * @param origin the app's own.
 * @param error what is refused; a {@link ScopeMissing} names scopes of its own.
 */
export function withResource(
  challenge: string,
  access: AccessRules,
  request: AccessRequest,
  origin: string,
  error?: Error,
): string {
  const { resource } = access;
  if (resource === undefined || !isBelow(access, resource, request)) return challenge;
  const { path, scopes } = resource;
  const wanted = new Set([...scopes, ...(isScopeMissing(error) ? error.scopes : [])]);
  const separator = challenge.includes(" ") ? ", " : " ";
  return `${challenge}${separator}resource_metadata="${origin}${resourceMetadataPath}${path}", scope="${[...wanted].join(" ")}"`;
}

function isBelow(access: AccessRules, resource: Resource, request: AccessRequest): boolean {
  try {
    const rule = selectRule(access, request);
    return rule !== undefined && isOfResource(resource, rule);
  } catch (error) {
    if (isGuardError(error)) return false;
    throw error;
  }
}

function isScopeMissing(error: Error | undefined): error is ScopeMissing {
  return error !== undefined && "scopes" in error && Array.isArray(error.scopes);
}
