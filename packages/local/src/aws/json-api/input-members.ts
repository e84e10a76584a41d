import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import { AwsError } from "./json-service.ts";
import type { JsonObject, JsonValue } from "./json-service.ts";

/** Reads the members of one request. Every method throws an `AwsError` with AWS's own wording. */
export interface InputMembers {
  /** A text of `min` (1) to `max` characters. */
  text(name: string, limits?: { min?: number; max?: number }): string;
  optionalText(name: string, limits?: { min?: number; max?: number }): string | undefined;
  /** False when absent. */
  flag(name: string): boolean;
  optionalWhole(name: string, limits: { min: number; max: number }): number | undefined;
  /** At least one text, at most `max`. */
  texts(name: string, max: number): readonly string[];
  /** Empty when absent. */
  optionalTexts(name: string): readonly string[];
  optionalObject(name: string): JsonObject | undefined;
  optionalObjects(name: string): readonly JsonObject[];
  /** A map of texts, empty when absent. */
  optionalTextMap(name: string): ReadonlyMap<string, string>;
  /** Refuses members that the stand-in would have to ignore: a setting that does nothing here must not look accepted. */
  only(...names: readonly string[]): void;
}

/**
 * @param validationError what the service calls a member out of range: `ValidationException` at SSM,
 *   `InvalidParameterException` at Cognito. A member of the wrong JSON type is a `SerializationException` at both.
 */
export function inputMembers(
  input: JsonObject,
  validationError: "ValidationException" | "InvalidParameterException",
): InputMembers {
  const invalid = (name: string, value: string, constraint: string) =>
    new AwsError(
      validationError,
      `1 validation error detected: Value ${value}at '${lowerFirst(name)}' failed to satisfy constraint: Member must ${constraint}`,
    );
  const present = (name: string): JsonValue | undefined => {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    return value === null ? undefined : value;
  };

  const optionalText: InputMembers["optionalText"] = (name, { min = 1, max = 65_536 } = {}) => {
    const value = present(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw wrongType("String");
    if (value.length < min) throw invalid(name, "", `have length greater than or equal to ${min}`);
    if (value.length > max) throw invalid(name, "", `have length less than or equal to ${max}`);
    return value;
  };
  const optionalArray = (name: string): readonly JsonValue[] => {
    const value = present(name);
    if (value === undefined) return [];
    if (!isArray(value)) throw wrongType("List");
    return value;
  };
  const optionalTexts: InputMembers["optionalTexts"] = (name) =>
    optionalArray(name).map((each) => {
      if (typeof each !== "string") throw wrongType("String");
      return each;
    });
  const optionalObject: InputMembers["optionalObject"] = (name) => {
    const value = present(name);
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw wrongType("Structure");
    return value;
  };

  return {
    optionalText,
    optionalTexts,
    optionalObject,
    text(name, limits) {
      const value = optionalText(name, limits);
      if (value === undefined) throw invalid(name, "null ", "not be null");
      return value;
    },
    flag(name) {
      const value = present(name) ?? false;
      if (typeof value !== "boolean") throw wrongType("Boolean");
      return value;
    },
    optionalWhole(name, { min, max }) {
      const value = present(name);
      if (value === undefined) return undefined;
      if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType("Integer");
      if (value < min)
        throw invalid(name, `'${value}' `, `have value greater than or equal to ${min}`);
      if (value > max)
        throw invalid(name, `'${value}' `, `have value less than or equal to ${max}`);
      return value;
    },
    texts(name, max) {
      if (present(name) === undefined) throw invalid(name, "null ", "not be null");
      const values = optionalTexts(name);
      if (values.length < 1) throw invalid(name, "'[]' ", "have length greater than or equal to 1");
      if (values.length > max) throw invalid(name, "", `have length less than or equal to ${max}`);
      return values;
    },
    optionalObjects: (name) =>
      optionalArray(name).map((each) => {
        if (!isRecord(each)) throw wrongType("Structure");
        return each;
      }),
    optionalTextMap(name) {
      const entries = Object.entries(optionalObject(name) ?? {}).map(
        ([key, value]): [string, string] => {
          if (typeof value !== "string") throw wrongType("String");
          return [key, value];
        },
      );
      return new Map(entries);
    },
    only(...names) {
      const unknown = Object.keys(input).filter(
        (name) => !names.includes(name) && present(name) !== undefined,
      );
      if (unknown.length > 0) {
        throw new AwsError(
          validationError,
          `The local stack does not support ${unknown.join(", ")} in this operation.`,
        );
      }
    },
  };
}

function wrongType(expected: string): AwsError {
  return new AwsError(
    "SerializationException",
    `A member does not have the expected type ${expected}.`,
  );
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
