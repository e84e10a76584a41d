import { openIdScopes, resourceServerIdentifier } from "./app-clients.ts";

/** As much of the access rules as the user pool has to know. */
export interface AccessNames {
  readonly scopes: readonly string[];
  /** Groups that the rules ask for and no deploy makes. */
  readonly externalGroups?: readonly string[];
  readonly rules: readonly { readonly access: string | { readonly groups?: readonly string[] } }[];
}

/** Of an app client; the web client's OpenID scopes are among them. */
const maxScopesOfClient = 50;
const maxScopes = maxScopesOfClient - openIdScopes.length;

/** After the identifier and its slash: printable ASCII without space, `"`, `/` and `\`. */
const scopeName = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;
const poolName = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/**
 * Whether Cognito makes a group or a user of that name: the two have one alphabet.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
 */
export function isPoolName(name: string): boolean {
  return poolName.test(name);
}

/** The groups that the rules ask for and a deploy makes, each once, in alphabetical order. */
export function groupsOf({ externalGroups = [], rules }: AccessNames): readonly string[] {
  const groups = rules.flatMap(({ access }) =>
    typeof access === "string" ? [] : (access.groups ?? []),
  );
  return [...new Set(groups)].filter((group) => !externalGroups.includes(group)).toSorted();
}

/**
 * Refuses what Cognito would refuse in the middle of a deploy.
 *
 * @throws {TypeError} that says which name, and what is allowed.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function checkAccessNames(access: AccessNames): void {
  const prefix = `${resourceServerIdentifier}/`;
  const { scopes } = access;
  if (scopes.length === 0) {
    throw new TypeError(
      `access.ts lists no scope, and Cognito refuses a machine client without one: list at least one, such as ${prefix}read`,
    );
  }
  if (scopes.length > maxScopes) {
    throw new TypeError(
      `access.ts lists ${scopes.length} scopes, and there is room for ${maxScopes}: Cognito gives an app client ${maxScopesOfClient}, and ${openIdScopes.join(", ")} are among them`,
    );
  }
  for (const scope of scopes) {
    if (!scope.startsWith(prefix) || scope.length === prefix.length)
      throw new TypeError(`access.ts: the scope ${scope} must begin with ${prefix}`);
    if (!scopeName.test(scope.slice(prefix.length))) {
      throw new TypeError(
        `access.ts: Cognito refuses the scope ${JSON.stringify(scope)}: after ${prefix} it takes 1 to 256 printable ASCII characters, and among them no space, no ", no / and no \\`,
      );
    }
  }
  for (const group of groupsOf(access)) {
    if (!isPoolName(group)) {
      throw new TypeError(
        `access.ts: Cognito refuses the group ${JSON.stringify(group)}: it takes 1 to 128 letters, marks, digits, symbols and punctuation, and no space. If an identity provider or a trigger puts people into it, name it in externalGroups: then no deploy makes it`,
      );
    }
  }
}

/**
 * The scopes of the resource server, without its identifier.
 *
 * @throws {TypeError} for a name of `access.ts` that Cognito would refuse.
 */
export function resourceServerScopes(access: AccessNames): readonly string[] {
  checkAccessNames(access);
  return access.scopes.map((scope) => scope.slice(resourceServerIdentifier.length + 1));
}
