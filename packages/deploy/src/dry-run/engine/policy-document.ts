/** A statement as `aws.iam.getPolicyDocument` takes it. */
export interface StatementArguments {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly Principal[];
  readonly notPrincipals?: readonly Principal[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

interface Principal {
  readonly type: string;
  readonly identifiers: readonly string[];
}

/** The policy that the provider would write: lists of one as a text, nothing that is empty. */
export function policyDocument(
  statements: readonly StatementArguments[],
  version = "2012-10-17",
): object {
  return { Version: version, Statement: statements.map(statementOf) };
}

function statementOf(statement: StatementArguments): object {
  const { sid, effect, actions, notActions, resources, notResources } = statement;
  return {
    ...(sid === undefined || sid === "" ? {} : { Sid: sid }),
    Effect: effect ?? "Allow",
    ...listOf("Action", actions),
    ...listOf("NotAction", notActions),
    ...listOf("Resource", resources),
    ...listOf("NotResource", notResources),
    ...principalOf("Principal", statement.principals),
    ...principalOf("NotPrincipal", statement.notPrincipals),
    ...conditionOf(statement.conditions),
  };
}

function listOf(key: string, values: readonly string[] = []): object {
  return values.length === 0 ? {} : { [key]: single(values) };
}

function principalOf(key: string, principals: readonly Principal[] = []): object {
  if (principals.length === 0) return {};
  if (principals.some(({ type }) => type === "*")) return { [key]: "*" };
  const byType = grouped(principals, ({ type }) => type);
  return {
    [key]: Object.fromEntries(
      [...byType].map(([type, group]) => [
        type,
        single(group.flatMap(({ identifiers }) => identifiers)),
      ]),
    ),
  };
}

function conditionOf(conditions: StatementArguments["conditions"] = []): object {
  if (conditions.length === 0) return {};
  const byTest = grouped(conditions, ({ test }) => test);
  return {
    Condition: Object.fromEntries(
      [...byTest].map(([test, group]) => [
        test,
        Object.fromEntries(group.map(({ variable, values }) => [variable, single(values)])),
      ]),
    ),
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, readonly T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function single(values: readonly string[]): string | readonly string[] {
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? only : values;
}
