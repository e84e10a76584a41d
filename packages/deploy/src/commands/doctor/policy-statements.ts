import { isDeepStrictEqual } from "node:util";

import { type JsonObject, toList, toObject } from "../../dry-run/graph/json.ts";
import { statementsOf } from "../../review/rules/facts/policies.ts";

/**
 * The statements of a policy document, each in one form: two that say the same are equal, whatever their ids and the
 * order of their lists.
 *
 * @returns undefined when it is no policy document.
 */
export function statementsIn(document: unknown): readonly JsonObject[] | undefined {
  return statementsOf(document)?.map(inOneForm);
}

/** The statements of a resource policy with their ids; a document that cannot be read counts as open to everybody. */
export function statementsWithIds(
  document: unknown,
): readonly { readonly statement: JsonObject; readonly id: string }[] {
  const statements = statementsOf(document) ?? [{ Effect: "Allow", Principal: "*" }];
  return statements.map((statement) => {
    const { Sid: id } = statement;
    return { statement: inOneForm(statement), id: typeof id === "string" ? id : "" };
  });
}

export function sameStatements(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  return a.length === b.length && without(a, b).length === 0;
}

/** Those of the first list that the second does not have; of two that are equal, one may be missing. */
export function without(
  statements: readonly JsonObject[],
  others: readonly JsonObject[],
): readonly JsonObject[] {
  const left = [...others];
  return statements.filter((statement) => {
    const at = left.findIndex((other) => isDeepStrictEqual(statement, other));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/** Whom a statement is about, in words; everybody, where it does not say so plainly. */
export function principalsOf({ Principal, NotPrincipal }: JsonObject): readonly string[] {
  if (NotPrincipal !== undefined) return [`everybody but ${JSON.stringify(NotPrincipal)}`];
  if (Array.isArray(Principal) || typeof Principal !== "object") return ["everybody"];
  return Object.values(toObject(Principal))
    .flatMap(toList)
    .map((name) => (name === "*" ? "everybody" : String(name)));
}

/** A statement in a message. */
export function inWords(statement: JsonObject): string {
  const text = JSON.stringify(statement);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function inOneForm({ Sid: _id, Effect, ...others }: JsonObject): JsonObject {
  return { Effect, ...toObject(listsIn(others)) };
}

/** Every list sorted, and one text a list of one. */
function listsIn(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, listsIn(member)]));
  }
  return toList(value).map(String).toSorted();
}
