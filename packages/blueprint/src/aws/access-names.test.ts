import { expect, test } from "vitest";

import { checkAccessNames, groupsOf, isPoolName, resourceServerScopes } from "./access-names.ts";

const rules = [
  { access: "signed-in" },
  { access: { groups: ["staff", "admin"] } },
  { access: { groups: ["admin"] } },
  { access: { scopes: ["api/read"] } },
];

test("the pool gets each group that a rule asks for, once", () => {
  expect(groupsOf({ scopes: [], rules })).toEqual(["admin", "staff"]);
});

test("but not those that somebody else makes", () => {
  expect(groupsOf({ scopes: [], rules, externalGroups: ["staff"] })).toEqual(["admin"]);
});

/** The whole of printable ASCII, but for the four. */
const allowed = Array.from({ length: 0x5e }, (_, index) => String.fromCharCode(0x21 + index))
  .filter((character) => !'"/\\'.includes(character))
  .join("");

test("Cognito's whole alphabet is taken, and a name of its greatest length", () => {
  expect(allowed).toHaveLength(91);
  for (const scope of ["api/read", "api/orders:read", `api/${allowed}`, `api/${"a".repeat(256)}`])
    expect(() => checkAccessNames({ scopes: [scope], rules })).not.toThrow();
  for (const group of ["admin", "größe", "a/b", "eu-central-1_abc_Okta", "☃", "g".repeat(128)])
    expect(() => checkAccessNames({ scopes: ["api/read"], rules: of(group) })).not.toThrow();
});

const of = (...groups: string[]) => [{ access: { groups } }];
const scopes = (count: number) => Array.from({ length: count }, (_, index) => `api/s${index}`);
const alphabet =
  'after api/ it takes 1 to 256 printable ASCII characters, and among them no space, no ", no / and no \\';
const groupAlphabet =
  "it takes 1 to 128 letters, marks, digits, symbols and punctuation, and no space. If an identity provider or a trigger puts people into it, name it in externalGroups: then no deploy makes it";

test.each([
  [
    "no scope at all",
    [],
    "access.ts lists no scope, and Cognito refuses a machine client without one: list at least one, such as api/read",
  ],
  [
    "a scope of another server",
    ["other/read"],
    "access.ts: the scope other/read must begin with api/",
  ],
  ["a scope without a name", ["api/"], "access.ts: the scope api/ must begin with api/"],
  ["a slash", ["api/a/b"], `access.ts: Cognito refuses the scope "api/a/b": ${alphabet}`],
  ["a space", ["api/a b"], `access.ts: Cognito refuses the scope "api/a b": ${alphabet}`],
  [
    "a quotation mark",
    ['api/a"b'],
    `access.ts: Cognito refuses the scope "api/a\\"b": ${alphabet}`,
  ],
  ["a backslash", ["api/a\\b"], `access.ts: Cognito refuses the scope "api/a\\\\b": ${alphabet}`],
  [
    "a control character",
    ["api/a\n"],
    `access.ts: Cognito refuses the scope "api/a\\n": ${alphabet}`,
  ],
  [
    "another alphabet",
    ["api/lesé"],
    `access.ts: Cognito refuses the scope "api/lesé": ${alphabet}`,
  ],
  [
    "257 characters",
    [`api/${"a".repeat(257)}`],
    `access.ts: Cognito refuses the scope "api/${"a".repeat(257)}": ${alphabet}`,
  ],
  [
    "48 scopes",
    scopes(48),
    "access.ts lists 48 scopes, and there is room for 47: Cognito gives an app client 50, and openid, email, profile are among them",
  ],
])("%s is refused", (_what, names, message) => {
  expect(() => checkAccessNames({ scopes: names, rules })).toThrow(new TypeError(message));
});

test("47 scopes are not too many", () => {
  expect(() => checkAccessNames({ scopes: scopes(47), rules })).not.toThrow();
});

const groups = ["super admin", "", "a\tb", "a\u0000", "g".repeat(129)];

test.each(groups)("the group %j is refused, unless somebody else makes it", (group) => {
  const access = { scopes: ["api/read"], rules: of("admin", group) };
  expect(isPoolName(group)).toBe(false);
  expect(() => checkAccessNames(access)).toThrow(
    new TypeError(
      `access.ts: Cognito refuses the group ${JSON.stringify(group)}: ${groupAlphabet}`,
    ),
  );
  expect(() => checkAccessNames({ ...access, externalGroups: [group] })).not.toThrow();
});

test("the resource server gets the scopes without its name, and none that Cognito would refuse", () => {
  expect(resourceServerScopes({ scopes: ["api/read", "api/write"], rules })).toEqual([
    "read",
    "write",
  ]);
  expect(() => resourceServerScopes({ scopes: ["api/a/b"], rules })).toThrow("refuses the scope");
});
