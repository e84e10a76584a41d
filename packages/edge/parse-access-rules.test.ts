import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { accessOf } from "./guard-data.ts";
import { parseAccessRules } from "./parse-access-rules.ts";

const access = defineAccess({
  scopes: ["api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "POST /hooks/*": { access: "anyone", authorization: "own" },
    "/exact": { services: ["arn:aws:iam::123456789012:role/nightly"] },
    "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
  },
});
const plain = JSON.parse(JSON.stringify(access));

test("takes rules as they are made", () => {
  expect(parseAccessRules(access)).toBe(access);
  expect(parseAccessRules(plain)).toBe(plain);
});

test("takes rules that let nobody in", () => {
  const none = { scopes: [], rules: [] };
  expect(parseAccessRules(none)).toBe(none);
});

const [rule] = plain.rules;
const withRule = (changes: object) => ({ scopes: [], rules: [{ ...rule, ...changes }] });

test.each<[why: string, rules: unknown]>([
  ["no rules", undefined],
  ["rules that are null", null],
  ["rules that are a list", []],
  ["no scopes", { rules: [] }],
  ["a scope that is a number", { scopes: [1], rules: [] }],
  ["no list of rules", { scopes: [], rules: {} }],
  ["an unknown member", { scopes: [], rules: [], more: 1 }],
  ["a rule that is null", { scopes: [], rules: [null] }],
  ["a rule that is text", { scopes: [], rules: ["/*"] }],
  ["a rule with an unknown member", withRule({ claims: [] })],
  ["a member of every object's name", withRule({ constructor: "x" })],
  ["a rule without its text", withRule({ text: undefined })],
  ["a rule without its pattern", withRule({ pattern: undefined })],
  ["a method that is a list", withRule({ method: ["GET"] })],
  ["a rule for somebody unknown", withRule({ access: "everyone" })],
  ["a rule for nobody in particular", withRule({ access: undefined })],
  ["groups that are text", withRule({ access: { groups: "admin" } })],
  ["an access that nobody knows", withRule({ access: { roles: ["a"] } })],
  ["credentials of senders that nobody knows", withRule({ authorization: "ours" })],
  ["no list of services", withRule({ services: undefined })],
  ["a service that is text", withRule({ services: ["arn:aws:iam::1:role/a"] })],
  ["a rule that matches nothing", withRule({ exact: undefined })],
  ["a match that does not say how far it goes", withRule({ lowerCase: { path: "/" } })],
])("refuses %s", (_why, value) => {
  expect(() => parseAccessRules(value)).toThrow(
    new TypeError("access.json does not hold whole access rules"),
  );
});

test("examples stay at home: the guard's data are the same with and without them", () => {
  const rules = { "/*": "signed-in" } as const;
  const examples = { "GET /": { anybody: 401 } };
  expect(accessOf(defineAccess({ rules, examples }))).toEqual(accessOf(defineAccess({ rules })));
});
