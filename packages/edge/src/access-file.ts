import { hash } from "node:crypto";

import type { AccessRules } from "@sst-gatehouse/core/access";

/** Of `access.json`. Another number is for another guard to read. */
const schema = 1;

/** The text of `access.json`, which lies beside the guard's bundle. The same rules give the same bytes. */
export function toAccessFile(access: AccessRules): string {
  return JSON.stringify({ schema, sha256: digestOf(access), access });
}

/**
 * Reads `access.json`, parsed. Whatever is missing, cut off, changed or unknown is refused: half a list of rules could
 * let somebody in.
 *
 * @throws {TypeError}
 */
export function fromAccessFile(file: unknown): AccessRules {
  const { access, ...about } = Object(file);
  if (about.schema !== schema || about.sha256 !== digestOf(access) || !isAccess(access))
    throw new TypeError("access.json does not hold whole access rules");
  return access;
}

function digestOf(access: unknown): string {
  return hash("sha256", JSON.stringify(access) ?? "");
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** An object with these members and no others. */
function objectOf(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    typeof value === "object" &&
    Object.keys({ ...value }).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, check]) => check(Object(value)[name]));
}

const names = listOf(isText);
const isGranted = objectOf({
  groups: optional(names),
  scopes: optional(names),
  services: optional(names),
});
const isPathMatch = objectOf({ whole: isFlag, path: isText, bare: optional(isText) });
const isAccessRules = objectOf({
  scopes: names,
  externalGroups: optional(names),
  rules: listOf(
    objectOf({
      text: isText,
      method: optional(isText),
      pattern: isText,
      access: (value) => value === "anyone" || value === "signed-in" || isGranted(value),
      services: listOf(objectOf({ arn: isText, anySession: isFlag })),
      exact: isPathMatch,
      lowerCase: isPathMatch,
    }),
  ),
});

function isAccess(value: unknown): value is AccessRules {
  return isAccessRules(value);
}
