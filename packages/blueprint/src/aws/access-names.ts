import { openIdScopes, resourceServerIdentifier } from "./app-clients.ts";

/** As much of the access rules as the user pool has to know. */
export interface AccessNames {
  readonly scopes: readonly string[];
  /** Groups that the rules ask for and no deploy makes. */
  readonly externalGroups?: readonly string[];
  readonly rules: readonly { readonly access: string | { readonly groups?: readonly string[] } }[];
}

/** Of an app client. */
const maxScopesOfClient = 50;
/** The OpenID scopes are on the same clients. */
const maxPeopleScopes = maxScopesOfClient - openIdScopes.length;

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
  if (scopes.length > maxScopesOfClient) {
    throw new TypeError(
      `access.ts lists ${scopes.length} scopes, and Cognito has room for ${maxScopesOfClient} on an app client`,
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

/** As much of the access rules as is compared with a stage's `peopleScopes`. */
export interface ScopedRules extends Pick<AccessNames, "scopes"> {
  readonly resource?: { readonly path: string; readonly scopes: readonly string[] };
  readonly rules: readonly {
    /** The rule's name. */
    readonly text: string;
    readonly access:
      | string
      | { readonly groups?: readonly string[]; readonly scopes?: readonly string[] };
  }[];
}

/**
 * Refuses a stage that gives people scopes that there are not, and a rule that asks people for scopes that the stage gives
 * nobody.
 *
 * @throws {TypeError} that says what to write.
 */
export function checkPeopleScopes(
  { scopes, rules, resource }: ScopedRules,
  peopleScopes: readonly string[],
): void {
  const unknown = peopleScopes.find((scope) => !scopes.includes(scope));
  if (unknown !== undefined) {
    throw new TypeError(
      `stages.ts: peopleScopes has ${JSON.stringify(unknown)}, and access.ts lists ${scopes.join(", ") || "no scope"}`,
    );
  }
  if (new Set(peopleScopes).size !== peopleScopes.length)
    throw new TypeError("stages.ts: peopleScopes names something twice");
  if (peopleScopes.length > maxPeopleScopes) {
    throw new TypeError(
      `stages.ts: peopleScopes has ${peopleScopes.length} scopes, and there is room for ${maxPeopleScopes}: Cognito gives an app client ${maxScopesOfClient}, and ${openIdScopes.join(", ")} are among them`,
    );
  }
  const unheld = resource?.scopes.filter((scope) => !peopleScopes.includes(scope)) ?? [];
  if (resource !== undefined && unheld.length > 0) {
    throw new TypeError(
      `access.ts: the resource ${resource.path} tells clients to ask for ${resource.scopes.join(" ")}, and on this stage Cognito would refuse that of people. Write peopleScopes: ${JSON.stringify([...peopleScopes, ...unheld])} in stages.ts`,
    );
  }
  for (const { text, access } of rules) {
    if (typeof access === "string" || access.groups === undefined || access.scopes === undefined)
      continue;
    if (access.scopes.some((scope) => peopleScopes.includes(scope))) continue;
    throw new TypeError(
      `access rule ${JSON.stringify(text)} lists groups and scopes, so it asks people for both, and on this stage nobody's token carries ${access.scopes.join(" or ")}. If people are to have them, write peopleScopes: ${JSON.stringify(access.scopes)} in stages.ts; if the rule is for machines, take its groups away; if it is for people, its scopes`,
    );
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
