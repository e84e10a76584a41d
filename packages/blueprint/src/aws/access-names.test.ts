import { expect, test } from "vitest";

import {
  checkAccessNames,
  checkPeopleScopes,
  groupsOf,
  isPoolName,
  resourceServerScopes,
} from "./access-names.ts";

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
    "51 scopes",
    scopes(51),
    "access.ts lists 51 scopes, and Cognito has room for 50 on an app client",
  ],
])("%s is refused", (_what, names, message) => {
  expect(() => checkAccessNames({ scopes: names, rules })).toThrow(new TypeError(message));
});

test("50 scopes are not too many", () => {
  expect(() => checkAccessNames({ scopes: scopes(50), rules })).not.toThrow();
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

const admin = ["admin"];
const read = ["api/read"];
const rule = (access: string | object) => ({
  scopes: ["api/read", "api/write"],
  rules: [{ text: "POST /reports/*", access }],
});

test("a rule for people and machines is taken where people have one of its scopes", () => {
  const both = rule({ groups: admin, scopes: ["api/read", "api/write"] });
  for (const one of both.scopes) expect(() => checkPeopleScopes(both, [one])).not.toThrow();
  expect(() => checkPeopleScopes(both, both.scopes)).not.toThrow();
});

test.each([
  "anyone",
  "signed-in",
  { groups: admin },
  { scopes: read },
  { services: ["arn"], scopes: read },
])("%j needs no scope of people", (access) => {
  for (const given of [[], ["api/write"]])
    expect(() => checkPeopleScopes(rule(access), given)).not.toThrow();
});

test.each([
  [[], ["api/read"], "api/read", '["api/read"]'],
  [["api/write"], ["api/read"], "api/read", '["api/read"]'],
  [[], ["api/read", "api/write"], "api/read or api/write", '["api/read","api/write"]'],
])(
  "with %j for people, a rule for groups with %j is refused, and what to write is said",
  (given, scopesOfRule, told, list) => {
    expect(() => checkPeopleScopes(rule({ groups: admin, scopes: scopesOfRule }), given)).toThrow(
      new TypeError(
        `access rule "POST /reports/*" lists groups and scopes, so it asks people for both, and on this stage nobody's token carries ${told}. If people are to have them, write peopleScopes: ${list} in stages.ts; if the rule is for machines, take its groups away; if it is for people, its scopes`,
      ),
    );
  },
);

test.each([
  [
    "a scope that access.ts does not list",
    ["api/read", "api/other"],
    'stages.ts: peopleScopes has "api/other", and access.ts lists api/read, api/write',
  ],
  [
    "an OpenID scope",
    ["openid"],
    'stages.ts: peopleScopes has "openid", and access.ts lists api/read, api/write',
  ],
  ["a scope twice", ["api/read", "api/read"], "stages.ts: peopleScopes names something twice"],
])("%s is not given to people", (_what, given, message) => {
  expect(() => checkPeopleScopes(rule("anyone"), given)).toThrow(new TypeError(message));
});

test("people have room for 47 scopes beside the OpenID ones", () => {
  const access = { scopes: scopes(50), rules: [] };
  expect(() => checkPeopleScopes(access, scopes(47))).not.toThrow();
  expect(() => checkPeopleScopes(access, scopes(48))).toThrow(
    new TypeError(
      "stages.ts: peopleScopes has 48 scopes, and there is room for 47: Cognito gives an app client 50, and openid, email, profile are among them",
    ),
  );
});

test("an app may do without machines: it lists no scope", () => {
  expect(() => checkAccessNames({ scopes: [], rules: [] })).not.toThrow();
});

test("people can have what a resource tells clients to ask for, or the stage is refused", () => {
  const access = {
    scopes: ["api/read", "api/write"],
    rules: [],
    resource: { path: "/mcp", scopes: ["api/read"] },
  };
  expect(() => checkPeopleScopes(access, ["api/write", "api/read"])).not.toThrow();
  expect(() => checkPeopleScopes(access, ["api/write"])).toThrow(
    new TypeError(
      'access.ts: the resource /mcp tells clients to ask for api/read, and on this stage Cognito would refuse that of people. Write peopleScopes: ["api/write","api/read"] in stages.ts',
    ),
  );
});
