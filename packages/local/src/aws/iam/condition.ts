import type { PolicyStatement } from "@sst-gatehouse/blueprint/policy-document";

import { matchesArn, matchesPattern } from "./pattern.ts";

interface Operator {
  readonly matches: (expected: string, actual: string) => boolean;
  /** A negated operator holds when no value matches, and also when the request does not have the key. */
  readonly negated?: true;
}

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { matches: (expected, actual) => expected === actual },
  StringNotEquals: { matches: (expected, actual) => expected === actual, negated: true },
  StringLike: { matches: matchesPattern },
  ArnEquals: { matches: matchesArn },
  ArnLike: { matches: matchesArn },
  Bool: { matches: (expected, actual) => expected.toLowerCase() === actual.toLowerCase() },
};

/**
 * Why a condition does not hold; nothing when all of it does.
 *
 * @param context condition keys of the request; their names are compared without case.
 * @throws {TypeError} naming the operator, or the value with a policy variable, that is not supported here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionFault(
  condition: NonNullable<PolicyStatement["Condition"]>,
  context: Readonly<Record<string, string>>,
): string | undefined {
  const actual = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  const faults = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      const expected = typeof value === "string" ? [value] : value;
      for (const text of expected) {
        if (typeof text !== "string" || text.includes("${")) {
          throw new TypeError(
            `condition ${operator} on ${key}: ${JSON.stringify(text)} is not supported here`,
          );
        }
      }
      return keyFault(operator, key, expected, actual.get(key.toLowerCase()));
    }),
  );
  return faults.find((fault) => fault !== undefined);
}

function keyFault(
  name: string,
  key: string,
  expected: readonly string[],
  actual: string | undefined,
): string | undefined {
  if (name === "Null") {
    const wanted = expected.some((value) => value.toLowerCase() === String(actual === undefined));
    return wanted
      ? undefined
      : `condition key ${key} is ${actual === undefined ? "missing from" : "in"} the request`;
  }
  const ifExists = name.endsWith("IfExists");
  const base = ifExists ? name.slice(0, -"IfExists".length) : name;
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (!operator) throw new TypeError(`condition operator ${name} is not supported here`);
  if (actual === undefined) {
    return ifExists || operator.negated
      ? undefined
      : `condition key ${key} is missing from the request`;
  }
  const matched = expected.some((value) => operator.matches(value, actual));
  return matched === (operator.negated ?? false)
    ? `condition ${name} on ${key} does not hold for ${JSON.stringify(actual)}`
    : undefined;
}
