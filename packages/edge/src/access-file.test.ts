import { createHash } from "node:crypto";

import { decide, defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { fromAccessFile, toAccessFile } from "./access-file.ts";

const rules = {
  "/*": "signed-in",
  "/public/*": "anyone",
  "/exact": { services: ["arn:aws:iam::123456789012:role/nightly"] },
  "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
} as const;
const access = defineAccess({ scopes: ["api/write"], rules });
const plain = JSON.parse(JSON.stringify(access));

/** A file of these members, with the hash of its own rules unless another one is given. */
function file(members: { schema?: unknown; sha256?: unknown; access?: unknown }): unknown {
  const sha256 = createHash("sha256")
    .update(JSON.stringify(members.access ?? plain))
    .digest("hex");
  return { schema: 1, sha256, access: plain, ...members };
}

test("gives back the rules that were written, which decide as before", () => {
  const read = fromAccessFile(JSON.parse(toAccessFile(access)));
  expect(read).toEqual(plain);
  const anonymous = { kind: "anonymous" } as const;
  for (const path of ["/", "/public/x", "/exact", "/reports/a", "/reports"])
    expect(decide(read, { method: "POST", path }, anonymous)).toEqual(
      decide(access, { method: "POST", path }, anonymous),
    );
});

test("writes schema, hash and rules, and the same rules in the same bytes", () => {
  expect(JSON.parse(toAccessFile(access))).toEqual(file({}));
  expect(toAccessFile(defineAccess({ scopes: ["api/write"], rules }))).toBe(toAccessFile(access));
});

test("takes rules that let nobody in", () => {
  expect(fromAccessFile(file({ access: { scopes: [], rules: [] } }))).toEqual({
    scopes: [],
    rules: [],
  });
});

test("takes the groups that no deploy makes", () => {
  const external = defineAccess({
    scopes: [],
    rules: { "/*": { groups: ["Sales Europe"] } },
    externalGroups: ["Sales Europe"],
  });
  expect(fromAccessFile(JSON.parse(toAccessFile(external)))).toEqual(
    JSON.parse(JSON.stringify(external)),
  );
});

const [rule] = plain.rules;
const withRule = (changes: object) => ({ scopes: [], rules: [{ ...rule, ...changes }] });

test.each<[why: string, file: unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["a list", []],
  ["an empty object", {}],
  ["the rules alone", plain],
  ["an older schema", file({ schema: 0 })],
  ["a newer schema", file({ schema: 2 })],
  ["a schema that is text", file({ schema: "1" })],
  ["no schema", file({ schema: undefined })],
  ["no hash", file({ sha256: undefined })],
  ["the hash of other rules", file({ sha256: "0".repeat(64) })],
  ["no rules", file({ access: undefined, sha256: createHash("sha256").update("").digest("hex") })],
  ["rules that are null", file({ access: null, sha256: digestOfNull() })],
  ["rules that are a list", file({ access: [] })],
  ["no scopes", file({ access: { rules: [] } })],
  ["a scope that is a number", file({ access: { scopes: [1], rules: [] } })],
  ["no list of rules", file({ access: { scopes: [], rules: {} } })],
  ["an unknown member", file({ access: { scopes: [], rules: [], more: 1 } })],
  ["groups that are text", file({ access: { scopes: [], rules: [], externalGroups: "a" } })],
  ["a rule that is null", file({ access: { scopes: [], rules: [null] } })],
  ["a rule that is text", file({ access: { scopes: [], rules: ["/*"] } })],
  ["a rule with an unknown member", file({ access: withRule({ claims: [] }) })],
  ["a member of every object's name", file({ access: withRule({ constructor: "x" }) })],
  ["a rule without its text", file({ access: withRule({ text: undefined }) })],
  ["a rule without its pattern", file({ access: withRule({ pattern: undefined }) })],
  ["a method that is a list", file({ access: withRule({ method: ["GET"] }) })],
  ["a rule for somebody unknown", file({ access: withRule({ access: "everyone" }) })],
  ["a rule for nobody in particular", file({ access: withRule({ access: undefined }) })],
  ["groups that are text", file({ access: withRule({ access: { groups: "admin" } }) })],
  ["an access that nobody knows", file({ access: withRule({ access: { roles: ["a"] } }) })],
  ["no list of services", file({ access: withRule({ services: undefined }) })],
  ["a service that is text", file({ access: withRule({ services: ["arn:aws:iam::1:role/a"] }) })],
  ["a rule that matches nothing", file({ access: withRule({ exact: undefined }) })],
  [
    "a match that does not say how far it goes",
    file({ access: withRule({ lowerCase: { path: "/" } }) }),
  ],
])("refuses %s", (_why, value) => {
  expect(() => fromAccessFile(value)).toThrow(
    new TypeError("access.json does not hold whole access rules"),
  );
});

function digestOfNull(): string {
  return createHash("sha256").update("null").digest("hex");
}
