import { expect, test } from "vitest";

import { checkClaims, readAttributes } from "./claims.ts";
import { defineGate, stageOfGate } from "../stage/gate.ts";

const closed = { selfSignUp: false };
const open = { selfSignUp: true };
const given = { ...closed, userPoolId: "eu-central-1_AbCdEf123" };

test.each([
  [closed, ["email", "name", "custom:tenant"], []],
  [closed, ["locale"], ["locale"]],
  [open, ["email"], ["email"]],
  [open, ["name", "custom:tenant"], []],
  [given, ["tenant_id"], []],
  [given, ["email", "custom:tenant"], ["email", "custom:tenant"]],
])("on a stage with %j the claims %j are taken, with %j marked", (stage, claims, selfAsserted) => {
  expect(() => checkClaims({ claims, selfAsserted }, stage)).not.toThrow();
});

test.each([
  [closed, ["email", "locale"], [], "locale", "people of this stage may write them"],
  [open, ["name", "email", "locale"], ["locale"], "email", "people of this stage may write them"],
  [given, ["email", "tenant_id"], [], "email", "the gate did not make this user pool"],
  [given, ["custom:tenant"], [], "custom:tenant", "the gate did not make this user pool"],
])(
  "on a stage with %j the claims %j, with %j marked, are refused: %s",
  (stage, claims, selfAsserted, told, why) => {
    const check = () => checkClaims({ claims, selfAsserted }, stage);
    expect(check).toThrow(TypeError);
    expect(check).toThrow(`access.ts: the claims ${told} prove nothing: ${why}`);
    expect(check).toThrow(`write selfAsserted: ${JSON.stringify([...selfAsserted, told])}`);
  },
);

test("what an identity provider fills in proves nothing where anybody may sign up", () => {
  const mapped = ["custom:tenant"];
  expect(() => checkClaims({ claims: mapped }, closed, mapped)).not.toThrow();
  expect(() => checkClaims({ claims: mapped }, open, mapped)).toThrow(
    "custom:tenant prove nothing",
  );
  expect(() => checkClaims({ claims: mapped, selfAsserted: mapped }, open, mapped)).not.toThrow();
});

test("the stage of a gate is refused with them", () => {
  const access = { scopes: [], rules: [], claims: ["locale"] };
  const gate = defineGate({
    app: { name: "shop", region: "eu-central-1" },
    access,
    backends: { api: { handler: "src/index.handler" } },
  });
  expect(() => stageOfGate(gate, "anna")).toThrow("the claims locale prove nothing");
});

test("clients may read every standard attribute and the custom ones that are claims", () => {
  expect(readAttributes({ claims: ["email", "name"] })).toBeUndefined();
  expect(readAttributes({})).toBeUndefined();
  const readable = readAttributes({ claims: ["email", "custom:tenant", "tenant_id"] }) ?? [];
  expect(readable.length).toBe(20);
  for (const attribute of ["email", "email_verified", "name", "custom:tenant"])
    expect(readable).toContain(attribute);
});
