import { hash } from "node:crypto";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import type { AccessRules } from "@sst-gatehouse/core/access";

/** What lies beside the guard's bundle, and the form that this code reads. Another number is for another guard to read. */
const schemas: Readonly<Record<keyof DataFiles, number>> = { access: 1, sealing: 1, settings: 1 };

/** `access` is in `access.json`, and so on. */
interface DataFiles {
  readonly access: AccessRules;
  readonly sealing: SealingKeys;
  readonly settings: GuardSettings;
}

/**
 * The text of a data file: `{schema, sha256, <name>}`, the hash being that of the data's JSON. The same data give the
 * same bytes.
 */
export function toDataFile<Name extends keyof DataFiles>(
  name: Name,
  data: DataFiles[Name],
): string {
  return JSON.stringify({ schema: schemas[name], sha256: digestOf(data), [name]: data });
}

/**
 * Reads the text of a data file. Whatever is missing, cut off, changed or unknown is refused: half a list of rules could let
 * somebody in. The form of what is inside was checked when the file was written.
 *
 * @throws {TypeError} which quotes nothing of the text.
 */
export function fromDataFile<Name extends keyof DataFiles>(
  name: Name,
  text: string,
): DataFiles[Name] {
  const { schema, sha256, [name]: data } = Object(parse(text));
  if (schema !== schemas[name] || sha256 !== digestOf(data))
    throw new TypeError(`${name}.json is not whole`);
  return data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // its error would quote the text, and that may be a key
  }
}

function digestOf(data: unknown): string {
  return hash("sha256", JSON.stringify(data) ?? "");
}
