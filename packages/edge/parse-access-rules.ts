import type { AccessRules } from "@sst-gatehouse/core/access";

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
const isWhole = objectOf({
  scopes: names,
  externalGroups: optional(names),
  resource: optional(objectOf({ path: isText, scopes: names })),
  rules: listOf(
    objectOf({
      text: isText,
      method: optional(isText),
      pattern: isText,
      access: (value) => value === "anyone" || value === "signed-in" || isGranted(value),
      authorization: optional((value) => value === "own"),
      services: listOf(objectOf({ arn: isText, anySession: isFlag })),
      exact: isPathMatch,
      lowerCase: isPathMatch,
    }),
  ),
});

/**
 * Checks access rules that come as data: the guard goes by what it is given, and a rule that it does not know would not
 * be obeyed.
 *
 * @throws {TypeError}
 */
export function parseAccessRules(value: unknown): AccessRules {
  if (!isAccessRules(value)) throw new TypeError("access.json does not hold whole access rules");
  return value;
}

function isAccessRules(value: unknown): value is AccessRules {
  return isWhole(value);
}
