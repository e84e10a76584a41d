import type { PolicyDocument, PolicyStatement } from "@sst-gatehouse/blueprint/policy-document";

import { conditionFault } from "./condition.ts";
import { matchesArn, matchesPattern } from "./pattern.ts";

/** One question to IAM. */
export interface IamRequest {
  /** Such as `lambda:InvokeFunctionUrl`. */
  readonly action: string;
  readonly resource: string;
  /** Condition keys with one value each. Give only the keys that AWS defines for the action. */
  readonly context: Readonly<Record<string, string>>;
}

export interface IamVerdict {
  readonly allowed: boolean;
  /** One line per statement: whether it applies, and if not, why; missing condition keys by name. */
  readonly reasons: string[];
}

const statementElements = ["Sid", "Effect", "Action", "Resource", "Condition"];

/**
 * Judges a request by identity policies: an explicit Deny wins, then any Allow, else it is denied.
 *
 * @throws {TypeError} naming the element or operator, when a policy uses one that is not supported here. Guessing would
 *   be looser than AWS.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly PolicyDocument[], request: IamRequest): IamVerdict {
  const reasons: string[] = [];
  const applying = new Set<PolicyStatement["Effect"]>();
  for (const [policyIndex, { Statement }] of policies.entries()) {
    for (const [index, statement] of Statement.entries()) {
      const name = statement.Sid ?? `${index + 1} of policy ${policyIndex + 1}`;
      checkElements(statement, name);
      const fault = statementFault(statement, request);
      if (fault === undefined) applying.add(statement.Effect);
      reasons.push(
        `statement ${name}: ${fault ?? (statement.Effect === "Allow" ? "allows" : "denies")}`,
      );
    }
  }
  if (reasons.length === 0) reasons.push("no policy is attached");
  return { allowed: applying.has("Allow") && !applying.has("Deny"), reasons };
}

/** Why a statement does not apply; nothing when it does. */
function statementFault(statement: PolicyStatement, request: IamRequest): string | undefined {
  const [actions, resources] = [listOf(statement.Action), listOf(statement.Resource)];
  // Conditions are read first so that one this evaluator does not know is an error in every request, not in some.
  const condition = conditionFault(statement.Condition ?? {}, request.context);
  const action = request.action.toLowerCase();
  if (!actions.some((pattern) => matchesPattern(pattern.toLowerCase(), action))) {
    return "is about other actions";
  }
  if (!resources.some((pattern) => matchesArn(pattern, request.resource))) {
    return `is about other resources (${resources.join(", ")})`;
  }
  return condition;
}

function checkElements(statement: PolicyStatement, name: string): void {
  for (const element of Object.keys(statement)) {
    if (!statementElements.includes(element)) {
      throw new TypeError(
        `statement ${name} has ${element}, which this evaluator does not support`,
      );
    }
  }
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") {
    throw new TypeError(
      `statement ${name} has the Effect ${JSON.stringify(statement.Effect)}; write Allow or Deny`,
    );
  }
  for (const text of [...listOf(statement.Action), ...listOf(statement.Resource)]) {
    if (typeof text !== "string" || text.includes("${")) {
      throw new TypeError(
        `statement ${name} has ${JSON.stringify(text)}; policy variables are not supported here`,
      );
    }
  }
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
