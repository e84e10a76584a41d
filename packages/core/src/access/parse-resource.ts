import type { AccessRule } from "./access-rule.ts";

/** A part of the app that OAuth clients find their way to by themselves: a protected resource of RFC 9728. */
export interface Resource {
  /** Of the app's own origin: `https://<host>/mcp` is the resource's identifier. */
  readonly path: string;
  /** What a token has to carry there, all of them, beside what the rule asks for. */
  readonly scopes: readonly string[];
}

/** Of RFC 9728. The resource's path stands behind it, too. */
export const resourceMetadataPath = "/.well-known/oauth-protected-resource";
/** Of RFC 8414. */
export const serverMetadataPath = "/.well-known/oauth-authorization-server";
/** Where clients that know no better try to register themselves (RFC 7591). */
export const registrationPath = "/register";

/** @param rule its text, or its pattern. */
export function isOfResource({ path }: Resource, rule: string): boolean {
  const pattern = rule.slice(rule.indexOf(" ") + 1);
  return pattern === path || pattern.startsWith(`${path}/`);
}

/**
 * Reads what `access.ts` says of a resource.
 *
 * @param ruleOf the rule that decides about a method and a path; undefined where none does.
 * @throws {TypeError}
 */
export function parseResource(
  resource: Resource,
  {
    scopes: known,
    rules,
  }: { readonly scopes: readonly string[]; readonly rules: readonly AccessRule[] },
  methods: readonly string[],
  ruleOf: (method: string, path: string) => string | undefined,
): Resource {
  const { path, scopes, ...rest } = Object(resource);
  const misuse = (why: string) => new TypeError(`access: resource ${why}`);
  const [other] = Object.keys(rest);
  if (other !== undefined) throw misuse(`has no member ${JSON.stringify(other)}`);
  if (typeof path !== "string" || !/^(?:\/[\w.~-]+)+$/.test(path) || /\/\.\.?(?:\/|$)/.test(path))
    throw misuse('needs a plain path, such as "/mcp"');
  if (isReserved(path)) throw misuse(`cannot be ${path}, which the guard answers itself`);
  if (!Array.isArray(scopes) || scopes.length === 0 || new Set(scopes).size !== scopes.length)
    throw misuse("needs scopes, each once: what clients are told to ask for");
  const unknown = scopes.find((scope: string) => !known.includes(scope));
  if (unknown !== undefined)
    throw misuse(`asks for ${JSON.stringify(unknown)}, and the resource server has no such scope`);
  for (const { text, pattern, method } of rules)
    if (isReserved(pattern) && (pattern !== registrationPath || !method || method === "POST"))
      throw new TypeError(
        `access rule ${JSON.stringify(text)}: with a resource the guard answers this address itself`,
      );
  const own: Resource = { path, scopes: Object.freeze([...scopes]) };
  for (const method of methods)
    for (const below of [path, `${path}/\0`]) {
      const rule = ruleOf(method, below);
      if (rule === undefined ? below === path : !isOfResource(own, rule))
        throw misuse(
          `${path} has no rule of its own for ${method}: write one for ${JSON.stringify(`${path}/*`)}, which covers ${path} too`,
        );
    }
  return Object.freeze(own);
}

/** Whether the guard answers it, or what is below it, for a resource's sake. */
function isReserved(pattern: string): boolean {
  const lower = pattern.toLowerCase();
  return (
    lower === registrationPath ||
    lower.startsWith(resourceMetadataPath) ||
    lower.startsWith(serverMetadataPath) ||
    /^\/\.auth(?:\/|$)/.test(lower)
  );
}
