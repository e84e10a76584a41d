import { isRecord } from "../is-record.ts";

/**
 * What `sealing.json` holds, next to the guard's bundle: the keys that hide sessions in the cookies of browsers.
 *
 * A file of its own, because everything else that is baked may be read in plans and logs.
 */
export interface SealingKeys {
  /** AES-256, base64. The first one seals, each opens. */
  readonly keys: readonly string[];
}

const keyBytes = 32;
/** The one in use, and one that comes or goes. */
const maxKeys = 2;

/**
 * Checks the keys while the guard is built.
 *
 * @throws {TypeError} for anything but one or two keys, each another; it shows none.
 */
export function parseSealingKeys(value: unknown): SealingKeys {
  const keys = isRecord(value) ? value["keys"] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > maxKeys) throw malformed();
  const texts = keys.map((key: unknown): string => {
    if (typeof key !== "string") throw malformed();
    const bytes = Buffer.from(key, "base64");
    if (bytes.length !== keyBytes || bytes.toString("base64") !== key) throw malformed();
    return key;
  });
  if (new Set(texts).size !== texts.length) throw malformed();
  return { keys: texts };
}

function malformed(): TypeError {
  return new TypeError("sealing.json: the keys are not one or two, of 32 bytes each in base64");
}
