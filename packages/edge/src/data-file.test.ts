import { createHash } from "node:crypto";

import { decide, defineAccess } from "@sst-gatehouse/core/access";
import { guardSettings } from "@sst-gatehouse/blueprint/test/guard-settings";
import { describe, expect, test } from "vitest";

import { fromDataFile, toDataFile } from "./data-file.ts";

const rules = {
  "/*": "signed-in",
  "/public/*": "anyone",
  "/exact": { services: ["arn:aws:iam::123456789012:role/nightly"] },
  "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
} as const;
const access = defineAccess({ scopes: ["api/write"], rules });

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("gives back the rules that were written, which decide as before", () => {
  const read = fromDataFile("access", toDataFile("access", access));
  expect(read).toEqual(JSON.parse(JSON.stringify(access)));
  const anonymous = { kind: "anonymous" } as const;
  for (const path of ["/", "/public/x", "/exact", "/reports/a", "/reports"])
    expect(decide(read, { method: "POST", path }, anonymous)).toEqual(
      decide(access, { method: "POST", path }, anonymous),
    );
});

test("gives back the groups that no deploy makes", () => {
  const external = defineAccess({
    scopes: [],
    rules: { "/*": { groups: ["Sales Europe"] } },
    externalGroups: ["Sales Europe"],
  });
  expect(fromDataFile("access", toDataFile("access", external))).toEqual(
    JSON.parse(JSON.stringify(external)),
  );
});

test("gives back the settings that were written", () => {
  const read = fromDataFile("settings", toDataFile("settings", guardSettings));
  expect(read).toEqual(guardSettings);
});

test("writes schema, hash and rules, and the same rules in the same bytes", () => {
  expect(JSON.parse(toDataFile("access", access))).toEqual({
    schema: 1,
    sha256: sha256(JSON.stringify(access)),
    access: JSON.parse(JSON.stringify(access)),
  });
  const again = defineAccess({ scopes: ["api/write"], rules });
  expect(toDataFile("access", again)).toBe(toDataFile("access", access));
});

test("writes schema, hash and settings", () => {
  expect(JSON.parse(toDataFile("settings", guardSettings))).toEqual({
    schema: 1,
    sha256: sha256(JSON.stringify(guardSettings)),
    settings: guardSettings,
  });
});

const files = { access, settings: guardSettings };
describe.each(["access", "settings"] as const)("%s.json", (name) => {
  const data: unknown = files[name];
  const other = name === "access" ? "settings" : "access";
  /** A file of these members, with the hash of its own data unless another one is given. */
  const file = (members: object): unknown => {
    const made = { schema: 1, sha256: sha256(JSON.stringify(data)), [name]: data, ...members };
    return JSON.parse(JSON.stringify(made));
  };

  test("as it is written is taken", () => {
    expect(fromDataFile(name, JSON.stringify(file({})))).toEqual(JSON.parse(JSON.stringify(data)));
  });

  test.each<[why: string, file: unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a list", []],
    ["an empty object", {}],
    ["the data alone", JSON.parse(JSON.stringify(data))],
    ["an older schema", file({ schema: 0 })],
    ["a newer schema", file({ schema: 2 })],
    ["a schema that is text", file({ schema: "1" })],
    ["no schema", file({ schema: undefined })],
    ["no hash", file({ sha256: undefined })],
    ["the hash of other data", file({ sha256: "0".repeat(64) })],
    ["data that are not those of the hash", file({ [name]: {} })],
    ["no data, and no hash", file({ [name]: undefined, sha256: undefined })],
    ["the other file", { ...Object(file({})), [name]: undefined, [other]: data }],
  ])("is refused when it is %s", (_why, value) => {
    expect(() => fromDataFile(name, JSON.stringify(value) ?? "")).toThrow(
      new TypeError(`${name}.json is not whole`),
    );
  });

  test("is refused when it is cut off anywhere, and nothing of it is quoted", () => {
    const whole = JSON.stringify(file({}));
    for (let length = 0; length < whole.length; length += 1)
      expect(() => fromDataFile(name, whole.slice(0, length))).toThrow(
        new TypeError(`${name}.json is not whole`),
      );
  });
});
