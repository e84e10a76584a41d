import {
  type Access,
  type AccessRule,
  matchesPath,
  type OwnAuthorization,
  parseAccessRule,
  requireNames,
  ruleMethods,
} from "./access-rule.ts";
import type { Caller } from "../caller.ts";
import { readClaims } from "./claims.ts";
import { GuardError } from "../errors.ts";
import { type Examples, parseExamples } from "./examples.ts";
import { exactReadings } from "./path-readings.ts";
import { parseResource, type Resource } from "./parse-resource.ts";
import { isServicePrincipal } from "./service-principal.ts";

export type { Access, OwnAuthorization } from "./access-rule.ts";

/** The access rules of an app, read once; made by {@link defineAccess} only. */
export interface AccessRules {
  readonly scopes: readonly string[];
  /** In the order they are tried: longest pattern first, exact before `*`, then the one with a method (HEAD before GET). */
  readonly rules: readonly AccessRule[];
  /** Of the groups in the rules those that no deploy makes; absent where there are none. */
  readonly externalGroups?: readonly string[];
  /** What backends are told of a person besides; absent where it is nothing. */
  readonly claims?: readonly string[];
  /** Of the claims those that people may write about themselves; absent where there are none. */
  readonly selfAsserted?: readonly string[];
  /** Where OAuth clients find their way by themselves; absent where there is none. */
  readonly resource?: Resource;
  /** For `gatehouse rules test`; the guard is not told them. */
  readonly examples?: Examples;
}

export interface AccessOptions<Scope extends string> {
  /** Every scope of the resource server, as `<resource server>/<scope>`. None when left out: no machine signs in then. */
  readonly scopes?: readonly Scope[];
  /** `/a`, `/a/*` (also `/a`), `POST /a/*`; what no rule covers is refused. */
  readonly rules: Readonly<Record<string, Access<NoInfer<Scope>> | OwnAuthorization>>;
  /** Groups in the rules that are not to be made, because a company's sign-on or a trigger puts people into them. */
  readonly externalGroups?: readonly string[];
  /**
   * Claims of people's tokens that backends find in `caller.claims`, such as `email` and `custom:tenant`: of an ID token, of
   * an access token that has them, and of a browser's session. Each may be missing, or as old as the token. `email` and
   * `phone_number` are there only when they are verified, and no value of more than 256 bytes is.
   */
  readonly claims?: readonly string[];
  /** Of the claims those that people may write about themselves: they prove nothing. */
  readonly selfAsserted?: readonly string[];
  /**
   * A part of the app that OAuth clients, such as those of MCP, find their way to by themselves: the guard publishes where
   * to sign in and for which scopes. All of `scopes` are asked for there, and a token that is bound to something else is
   * refused. Its path needs rules of its own.
   */
  readonly resource?: { readonly path: string; readonly scopes: readonly NoInfer<Scope>[] };
  /** What callers get for requests: `gatehouse start`, `plan` and `rules test` say where that is not so. */
  readonly examples?: Examples;
}

export interface AccessRequest {
  /** Upper case. */
  readonly method: string;
  /** As on the wire, without query. */
  readonly path: string;
  /** The path's `exactReadings`, where somebody else needs them too. Worked out here when left out. */
  readonly readings?: () => readonly string[];
}

/** What signing in as somebody else, or with more scopes, would have to bring. */
export interface MissingAccess {
  readonly groups?: readonly string[];
  readonly scopes?: readonly string[];
}

/** `rule` is the text of the rule that decided; undefined when none covers the request. */
export type Decision =
  | { readonly allowed: true; readonly rule: string }
  | {
      readonly allowed: false;
      readonly rule: string | undefined;
      readonly code: "token_missing" | "access_denied";
      readonly missing?: MissingAccess;
    };

/**
 * Declares which path and method asks for what.
 *
 * The longest pattern wins, of two as long the exact one, then the one with a method; a rule for another method does not
 * match. GET covers HEAD; where the same pattern has a rule for HEAD too, that one decides for HEAD.
 *
 * @throws {TypeError} naming the rule that is a duplicate, unreachable, a public `/*`, asks for an unknown scope, or is mistyped.
 */
export function defineAccess<const Scope extends string>({
  scopes = [],
  rules,
  externalGroups,
  claims,
  selfAsserted,
  resource,
  examples,
  ...rest
}: AccessOptions<Scope>): AccessRules {
  const [unknownOption] = Object.keys(rest);
  if (unknownOption !== undefined)
    throw new TypeError(`access: there is no option ${JSON.stringify(unknownOption)}`);
  // No resource server, no scopes: the one list that may be empty.
  if (!Array.isArray(scopes) || scopes.length > 0)
    requireNames(scopes, (why) => new TypeError(`access: scopes ${why}`));

  const knownScopes = new Set<string>(scopes);
  const parsed = Object.entries(rules).map(([text, access]) =>
    parseAccessRule(text, access, knownScopes),
  );
  parsed.sort(byPrecedence);

  const seen = new Map<string, AccessRule>();
  for (const rule of parsed) {
    const key = `${rule.method ?? ""} ${rule.lowerCase.path} ${rule.lowerCase.whole}`;
    const twin = seen.get(key);
    if (twin)
      throw new TypeError(
        `access rule ${JSON.stringify(rule.text)} is a duplicate of ${JSON.stringify(twin.text)}`,
      );
    seen.set(key, rule);
  }
  for (const rule of parsed) {
    const shadow = shadowOf(parsed, rule);
    if (shadow)
      throw new TypeError(
        `access rule ${JSON.stringify(rule.text)} is passed over for ${shadow.method}, because ${JSON.stringify(shadow.text)} is longer and covers that path too`,
      );
    if (!isReachable(parsed, rule))
      throw new TypeError(
        `access rule ${JSON.stringify(rule.text)} is never reached: longer patterns win wherever it matches (/a/* covers /a too)`,
      );
  }
  return Object.freeze({
    scopes: Object.freeze([...scopes]),
    rules: Object.freeze(parsed),
    ...(externalGroups && { externalGroups: readExternalGroups(externalGroups, parsed) }),
    ...readClaims(claims, selfAsserted),
    ...(resource && {
      resource: parseResource(
        resource,
        { scopes, rules: parsed },
        ruleMethods,
        (method, path) => firstMatch(parsed, method, path, "exact")?.text,
      ),
    }),
    ...(examples && { examples: parseExamples(examples) }),
  });
}

function readExternalGroups(groups: unknown, rules: readonly AccessRule[]): readonly string[] {
  requireNames(groups, (why) => new TypeError(`access: externalGroups ${why}`));
  const asked = rules.flatMap(({ access }) =>
    typeof access === "string" ? [] : (access.groups ?? []),
  );
  const unused = groups.find((group) => !asked.includes(group));
  if (unused !== undefined)
    throw new TypeError(
      `access: externalGroups names ${JSON.stringify(unused)}, and no rule asks for that group`,
    );
  return Object.freeze([...groups]);
}

/**
 * The rule that decides about a request.
 *
 * @returns the rule's text, undefined when no rule covers the request.
 * @throws {GuardError} `path_malformed`; `path_ambiguous` when two readings of the path fall under different rules.
 */
export function selectRule(rules: AccessRules, request: AccessRequest): string | undefined {
  return findRule(rules, request)?.text;
}

/**
 * Whether the rule that decides about a request leaves `Authorization` to the backend. A path is only read where a rule for
 * its method could.
 *
 * @throws {GuardError} as {@link decide} does.
 */
export function takesOwnAuthorization(rules: AccessRules, request: AccessRequest): boolean {
  return (
    rules.rules.some(
      (rule) => rule.authorization === "own" && coversMethod(rule, request.method),
    ) && findRule(rules, request)?.authorization === "own"
  );
}

/**
 * Whether a caller may make a request. Default is no.
 *
 * @throws {GuardError} `path_malformed`; `path_ambiguous` when two readings of the path fall under different rules.
 */
export function decide(rules: AccessRules, request: AccessRequest, caller: Caller): Decision {
  const rule = findRule(rules, request);
  // Signing in would not help where no rule admits anybody, so this is no `token_missing`.
  if (!rule) return { allowed: false, rule: undefined, code: "access_denied" };

  const { access, text } = rule;
  const allowed: Decision = { allowed: true, rule: text };
  if (access === "anyone") return allowed;
  if (caller.kind === "anonymous") return { allowed: false, rule: text, code: "token_missing" };
  if (access === "signed-in") return allowed;

  const { admitted, missing } = judgeCaller(rule, access, caller);
  if (admitted) return allowed;
  return { allowed: false, rule: text, code: "access_denied", ...(missing && { missing }) };
}

/** `missing` stays out where no groups or scopes would help this kind of caller. */
function judgeCaller(
  { services }: AccessRule,
  { groups, scopes }: Exclude<Access, string>,
  caller: Exclude<Caller, { kind: "anonymous" }>,
): { admitted: boolean; missing?: MissingAccess } {
  if (caller.kind === "service") {
    return { admitted: services.some((service) => isServicePrincipal(service, caller.arn)) };
  }
  if (caller.kind === "client") {
    if (!scopes) return { admitted: false };
    return overlap(scopes, caller.scopes)
      ? { admitted: true }
      : { admitted: false, missing: { scopes } };
  }
  // A rule without groups is not for people, whatever scopes their tokens carry; an ID token carries none.
  if (!groups) return { admitted: false };
  const lacksGroup = !overlap(groups, caller.groups);
  const lacksScope = scopes !== undefined && !overlap(scopes, caller.scopes);
  if (!lacksGroup && !lacksScope) return { admitted: true };
  return {
    admitted: false,
    missing: { ...(lacksGroup && { groups }), ...(lacksScope && { scopes }) },
  };
}

/** What somebody may take a path for, and the rule that it falls under then. */
export interface RuleOfReading {
  readonly reading: string;
  /** Whether it is compared in lower case, with rules in lower case. */
  readonly lowerCase: boolean;
  /** The rule's text; undefined where none covers it. */
  readonly rule: string | undefined;
}

/**
 * Every reading that {@link selectRule} looks at, each once, the path itself first.
 *
 * @throws {GuardError} `path_malformed`; `path_ambiguous` for a path with too many readings.
 */
export function rulesOfReadings(
  { rules }: AccessRules,
  request: AccessRequest,
): readonly RuleOfReading[] {
  const found = new Map<string, RuleOfReading>();
  const readings = readingsOf(request);
  for (const lowerCase of [false, true])
    for (const exact of readings) {
      const reading = lowerCase ? exact.toLowerCase() : exact;
      const rule = firstMatch(
        rules,
        request.method,
        reading,
        lowerCase ? "lowerCase" : "exact",
      )?.text;
      const key = JSON.stringify([reading, rule]);
      if (!found.has(key)) found.set(key, { reading, lowerCase, rule });
    }
  return [...found.values()];
}

function findRule({ rules }: AccessRules, request: AccessRequest): AccessRule | undefined {
  const { method, path } = request;
  const readings = readingsOf(request);
  const rule = firstMatch(rules, method, path, "exact");
  const everyReadingAgrees = readings.every(
    (reading) =>
      firstMatch(rules, method, reading, "exact") === rule &&
      firstMatch(rules, method, reading.toLowerCase(), "lowerCase") === rule,
  );
  if (!everyReadingAgrees) {
    throw new GuardError(
      "path_ambiguous",
      "The path can be read in ways that fall under different access rules; send its plain form.",
    );
  }
  return rule;
}

/** @throws {GuardError} `path_malformed`; `path_ambiguous` when there are too many. */
export function readingsOf({
  path,
  readings = () => exactReadings(path),
}: AccessRequest): readonly string[] {
  const all = readings();
  if (all[0] !== path) throw new TypeError("these are the readings of another path");
  return all;
}

function firstMatch(
  rules: readonly AccessRule[],
  method: string,
  reading: string,
  spelling: "exact" | "lowerCase",
): AccessRule | undefined {
  return rules.find((rule) => coversMethod(rule, method) && matchesPath(rule[spelling], reading));
}

function coversMethod(rule: AccessRule, method: string): boolean {
  return (
    rule.method === undefined ||
    rule.method === method ||
    (rule.method === "GET" && method === "HEAD")
  );
}

/** Longest pattern first; of two as long, the exact path before the one that ends in `*`; then the one with a method. */
function byPrecedence(a: AccessRule, b: AccessRule): number {
  return (
    b.pattern.length - a.pattern.length ||
    Number(b.exact.whole) - Number(a.exact.whole) ||
    methodRank(a) - methodRank(b)
  );
}

function methodRank({ method }: AccessRule): number {
  if (method === undefined) return 2;
  return method === "HEAD" ? 0 : 1;
}

/** Whether the rule decides about anything: its own path, or for `*` a rest that no other pattern can spell. */
function isReachable(rules: readonly AccessRule[], rule: AccessRule): boolean {
  const path = rule.exact.whole ? rule.exact.path : `${rule.exact.path}\0`;
  return ruleMethods.some(
    (method) =>
      firstMatch(rules, method, path, "exact") === rule &&
      firstMatch(rules, method, path.toLowerCase(), "lowerCase") === rule,
  );
}

/** A `*` rule for some methods only that takes an exact rule's own path away from it: surely not what was meant. */
function shadowOf(rules: readonly AccessRule[], rule: AccessRule): AccessRule | undefined {
  if (!rule.exact.whole) return undefined;
  return ruleMethods
    .filter((method) => coversMethod(rule, method))
    .map((method) => firstMatch(rules, method, rule.exact.path, "exact"))
    .find((winner) => winner?.exact.whole === false && winner.method !== undefined);
}

function overlap(wanted: readonly string[], held: readonly string[]): boolean {
  return wanted.some((name) => held.includes(name));
}
