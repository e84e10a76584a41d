import { isRecord } from "../is-record.ts";
import { parseServicePrincipal, type ServicePrincipal } from "./service-principal.ts";

/**
 * Who may call. A list is any-of, and a kind of caller for which a rule lists nothing is not admitted by it.
 *
 * - `"anyone"`: without a token too.
 * - `"signed-in"`: every user, machine client and IAM service.
 * - `groups`: people in one of these groups; where `scopes` are listed too, their access token has to carry one of those.
 *   An ID token carries none.
 * - `scopes`: machines with one of these. Without `groups` no person is admitted, whatever their token carries.
 * - `services`: IAM principals that call the Function URL themselves, see `parseServicePrincipal`.
 */
export type Access<Scope extends string = string> =
  | "anyone"
  | "signed-in"
  | {
      readonly groups?: readonly string[];
      readonly scopes?: readonly Scope[];
      readonly services?: readonly string[];
    };

/**
 * For senders that bring credentials of their own in `Authorization`, such as webhooks: the guard does not read them as a
 * token, and the backend gets them by `ownAuthorization`. The caller is nobody; what the sender may do is for the backend
 * to find out. Only for a rule with a method.
 */
export interface OwnAuthorization {
  readonly access: "anyone";
  readonly authorization: "own";
}

/** The methods that CloudFront lets through. */
const methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] as const;
export type RuleMethod = (typeof methods)[number];
export const ruleMethods: readonly RuleMethod[] = methods;

/** A path as a rule writes it: plain, so that it has one reading, and perhaps `*` at the end. */
const patternPath = /^\/(?:[\w.~!$&'()+,=:@-]+\/)*[\w.~!$&'()+,=:@-]*\*?$/;
const dotSegment = /\/\.\.?(?:\/|$)/;

/** One rule, read and ready to match. */
export interface AccessRule {
  /** As written, with the method: the rule's name in decisions, logs and plans. */
  readonly text: string;
  readonly method: RuleMethod | undefined;
  /** The pattern without the method. */
  readonly pattern: string;
  readonly access: Access;
  /** `"own"` under a rule that is an {@link OwnAuthorization}. */
  readonly authorization?: "own";
  readonly services: readonly ServicePrincipal[];
  readonly exact: PathMatch;
  readonly lowerCase: PathMatch;
}

/** Whole: this path only. Otherwise everything that begins with `path`, and `bare` (`/a` for `/a/*`). */
export interface PathMatch {
  readonly whole: boolean;
  readonly path: string;
  readonly bare: string | undefined;
}

export function matchesPath({ whole, path, bare }: PathMatch, reading: string): boolean {
  return whole ? reading === path : reading.startsWith(path) || reading === bare;
}

/**
 * Reads one rule.
 *
 * @param text `/a`, `/a/*` or `POST /a/*`.
 * @throws {TypeError} naming the rule, when pattern or access are not what they should be.
 */
export function parseAccessRule(
  text: string,
  declared: Access | OwnAuthorization,
  knownScopes: ReadonlySet<string>,
): AccessRule {
  const misuse = (why: string) => new TypeError(`access rule ${JSON.stringify(text)}: ${why}`);
  const own = takesOwnAuthorization(declared);
  const access = own ? declared.access : declared;

  const space = text.indexOf(" ");
  const methodText = space === -1 ? undefined : text.slice(0, space);
  const method = methods.find((known) => known === methodText);
  if (methodText !== undefined && method === undefined) {
    throw misuse(
      `the method before the path is one of ${methods.join(", ")}, followed by one space`,
    );
  }

  const pattern = text.slice(space + 1);
  if (!pattern.startsWith("/")) throw misuse("a path begins with /");
  if (pattern.slice(0, -1).includes("*")) throw misuse("* stands only at the end");
  if (!patternPath.test(pattern) || dotSegment.test(pattern)) {
    throw misuse("write the plain path: no escapes, no ;, no //, no dot segments");
  }
  if (pattern.length > 1 && pattern.endsWith("/"))
    throw misuse(
      "many servers take the path without its last slash for the same; end it with * or without the slash",
    );
  if (/^\/\.auth(?:\/|$)/i.test(pattern))
    throw misuse("the guard answers everything below /.auth/ itself");
  if (own) requireOwnAuthorization(declared, method, misuse);
  if (pattern === "/*" && access === "anyone") {
    throw misuse("everything would be public, also what is added later; name the public paths");
  }

  let services: ServicePrincipal[] = [];
  if (access !== "anyone" && access !== "signed-in") {
    if (!isRecord(access)) {
      throw misuse('access is "anyone", "signed-in" or an object with groups, scopes or services');
    }
    if (Object.keys(access).length === 0)
      throw misuse("an empty object admits nobody; list groups, scopes or services");
    for (const [key, list] of Object.entries(access)) {
      if (key !== "groups" && key !== "scopes" && key !== "services")
        throw misuse(`${JSON.stringify(key)} is not groups, scopes or services`);
      requireNames(list, (why) => misuse(`${key} ${why}`));
    }
    const unknown = access.scopes?.find((scope) => !knownScopes.has(scope));
    if (unknown !== undefined)
      throw misuse(`the resource server has no scope ${JSON.stringify(unknown)}`);
    try {
      services = (access.services ?? []).map(parseServicePrincipal);
    } catch (error) {
      throw misuse(error instanceof Error ? error.message : "services are ARNs");
    }
  }

  return Object.freeze({
    text,
    method,
    pattern,
    access: freezeAccess(access),
    ...(own && { authorization: "own" }),
    services: Object.freeze(services),
    exact: pathMatch(pattern),
    lowerCase: pathMatch(pattern.toLowerCase()),
  });
}

function takesOwnAuthorization(declared: Access | OwnAuthorization): declared is OwnAuthorization {
  return isRecord(declared) && ("authorization" in declared || "access" in declared);
}

/** What was written, whatever its type says. */
function requireOwnAuthorization(
  { access, authorization, ...others }: OwnAuthorization,
  method: RuleMethod | undefined,
  misuse: (why: string) => TypeError,
): void {
  const form = '{ access: "anyone", authorization: "own" }';
  if (access !== "anyone" || authorization !== "own" || Object.keys(others).length > 0)
    throw misuse(
      `senders with an Authorization of their own are nobody to the guard: write ${form}, and nothing else, or a rule without access and authorization`,
    );
  if (method === undefined)
    throw misuse(`${form} needs a method before the path, such as "POST /hooks/payments"`);
}

/** @throws the error that `misuse` makes, unless `list` is an array of distinct non-empty strings, and not empty itself. */
export function requireNames(
  list: unknown,
  misuse: (why: string) => TypeError,
): asserts list is readonly string[] {
  if (!Array.isArray(list) || list.length === 0) throw misuse("is a list with at least one entry");
  if (list.some((entry) => typeof entry !== "string" || entry === ""))
    throw misuse("holds something that is not a name");
  if (new Set(list).size !== list.length) throw misuse("names something twice");
}

function pathMatch(pattern: string): PathMatch {
  const whole = !pattern.endsWith("*");
  const path = whole ? pattern : pattern.slice(0, -1);
  return Object.freeze({
    whole,
    path,
    bare: !whole && path.endsWith("/") ? path.slice(0, -1) : undefined,
  });
}

/** A copy of our own: what an adopter does to the lists later changes no decision. */
function freezeAccess(access: Access): Access {
  if (typeof access === "string") return access;
  return Object.freeze(
    Object.fromEntries(
      Object.entries(access).map(([key, list]) => [key, Object.freeze([...list])]),
    ),
  );
}
