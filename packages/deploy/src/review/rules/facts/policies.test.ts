import { expect, test } from "vitest";

import { mayAllow, statementsOf } from "./policies.ts";

const arn = "arn:aws:lambda:eu-central-1:123456789012:function:api";
const invoke = "lambda:InvokeFunction";

test.each([
  { Effect: "Allow", Action: invoke, Resource: arn },
  { Effect: "Allow", Action: ["s3:*", "lambda:Invoke*"], Resource: ["x", `${arn}:live`] },
  { Effect: "Allow", Action: "*", Resource: "*", Condition: { Bool: { x: "true" } } },
  { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
  { Effect: "Allow", Action: "lambda:*", NotResource: arn },
  { Effect: "Allow", Action: "lambda:*" },
  { Effect: "Allow", Resource: "*" },
  { Effect: "allow", Action: "*", Resource: "*" },
])("%j may allow calling the function", (statement) => {
  expect(mayAllow(statement, invoke, arn)).toBe(true);
});

test.each([
  { Effect: "Deny", Action: invoke, Resource: arn },
  { Effect: "Allow", Action: "lambda:GetFunction", Resource: "*" },
  { Effect: "Allow", Action: invoke, Resource: `${arn}-other` },
  { Effect: "Allow", NotAction: ["lambda:*", "iam:*"], Resource: "*" },
  { Effect: "Allow", Action: invoke, Resource: [] },
])("%j cannot allow calling the function", (statement) => {
  expect(mayAllow(statement, invoke, arn)).toBe(false);
});

test("a document is read as text and as JSON, with one statement or several", () => {
  expect(statementsOf('{"Statement":{"Effect":"Allow"}}')).toEqual([{ Effect: "Allow" }]);
  expect(statementsOf({ Statement: [{ Effect: "Deny" }] })).toEqual([{ Effect: "Deny" }]);
});

test.each(["{", "[]", 7, '{"Statement":["x"]}', '{"Statement":[{},"x"]}', undefined])(
  "%j is no document",
  (document) => {
    expect(statementsOf(document)).toBe(undefined);
  },
);
