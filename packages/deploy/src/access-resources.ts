import { resourceServerIdentifier } from "@sst-gatehouse/blueprint/app-clients";

/** As much of the access rules as the user pool has to know. */
export interface AccessNames {
  readonly scopes: readonly string[];
  readonly rules: readonly { readonly access: string | { readonly groups?: readonly string[] } }[];
}

/** The groups that the rules ask for, each once, in alphabetical order. */
export function groupsOf({ rules }: AccessNames): readonly string[] {
  const groups = rules.flatMap(({ access }) =>
    typeof access === "string" ? [] : (access.groups ?? []),
  );
  return [...new Set(groups)].toSorted();
}

/**
 * The scopes of the resource server, without its identifier.
 *
 * @throws {TypeError} for a scope of another resource server, and when there is none: Cognito refuses a machine client
 *   without a scope.
 */
export function resourceServerScopes({ scopes }: AccessNames): readonly string[] {
  const prefix = `${resourceServerIdentifier}/`;
  if (scopes.length === 0) {
    throw new TypeError(
      `access.ts lists no scope, and Cognito refuses a machine client without one: list at least one, such as ${prefix}read`,
    );
  }
  return scopes.map((scope) => {
    if (!scope.startsWith(prefix) || scope.length === prefix.length)
      throw new TypeError(`access.ts: the scope ${scope} must begin with ${prefix}`);
    return scope.slice(prefix.length);
  });
}
