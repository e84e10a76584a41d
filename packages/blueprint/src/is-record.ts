/** A JSON object as it came from outside: names are known, values are not. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether something that may be anything is an object with members; a list is not. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
