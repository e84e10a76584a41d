import { isDeepStrictEqual } from "node:util";

import {
  isRecord as isObject,
  type JsonRecord as JsonObject,
} from "@sst-gatehouse/blueprint/is-record";

export { isObject, type JsonObject };

/** The one member of an object that stands for a secret value. */
export const secretMark = "<secret>";

/** The same value without the marks that say which parts are secret. */
export function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === secretMark) return withoutSecretMarks(value[secretMark]);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutSecretMarks(member)]),
  );
}

/** Whether any part of a value is marked as secret. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return (
    isObject(value) && (Object.hasOwn(value, secretMark) || Object.values(value).some(holdsSecret))
  );
}

/** The object itself; an empty one for anything else, so that every expectation of a member fails. */
export function toObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The list itself; nothing is an empty list, anything else a list of one. */
export function toList(value: unknown): readonly unknown[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : [value];
}

/** Nothing, or a list of nothing. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/**
 * Whether a list has exactly these entries, in any order, none twice.
 *
 * @param expected names nothing twice.
 */
export function sameSet(value: unknown, expected: readonly string[]): boolean {
  const entries = toList(value);
  return entries.length === expected.length && expected.every((entry) => entries.includes(entry));
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** The value of a JSON text, or of what is JSON already; undefined for text that is not JSON. */
export function parseJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
