/** Whether something that may be anything is an object with members. Stands in blueprint too, because core stands alone. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
