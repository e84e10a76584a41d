import { isRecord } from "@sst-gatehouse/blueprint/is-record";

/** Member names that could reach an object's prototype. An escape could spell them, so it counts as one. */
const suspicious = /__proto__|constructor|\\u/;

export { isRecord as isJsonObject };

/**
 * Stands in for aws-jwt-verify's JSON parser inside the guard's bundle: parses, and takes out `__proto__` and
 * `constructor` wherever they stand. The library's own looks at every member of every token for them; here that is done
 * for the tokens whose text could hold one.
 */
export function safeJsonParse(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value: unknown) => {
    if (isRecord(value)) {
      for (const name of ["__proto__", "constructor"]) Reflect.deleteProperty(Object(value), name);
    }
    return value;
  });
}
