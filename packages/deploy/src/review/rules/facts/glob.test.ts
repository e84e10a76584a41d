import { expect, test } from "vitest";

import { patternsMeet } from "./glob.ts";

const arn = "arn:aws:lambda:eu-central-1:123456789012:function:api";

test.each([
  ["lambda:InvokeFunction", "lambda:InvokeFunction"],
  ["LAMBDA:invokefunction", "lambda:InvokeFunction"],
  ["lambda:*", "lambda:InvokeFunction"],
  ["*", "lambda:InvokeFunction"],
  ["*:Invoke*", "lambda:InvokeFunctionUrl"],
  ["lambda:Invoke?unction", "lambda:InvokeFunction"],
  ["lambda:InvokeFunction*", "lambda:InvokeFunction"],
  [`${arn}:live`, `${arn}:*`],
  ["arn:aws:lambda:*:live", `${arn}:*`],
  ["arn:*:lambda:*:*:function:*:v?", `${arn}:*`],
  ["arn:aws:lambda:${aws:PrincipalTag/region}:123456789012:function:api", arn],
  ["***", arn],
  ["", "*"],
])("%s meets %s, whichever comes first", (a, b) => {
  expect(patternsMeet(a, b)).toBe(true);
  expect(patternsMeet(b, a)).toBe(true);
});

test.each([
  ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"],
  ["lambda:Get*", "lambda:InvokeFunction"],
  ["s3:*", "lambda:InvokeFunction"],
  ["lambda:Invoke?", "lambda:InvokeFunction"],
  [`${arn}2`, arn],
  [`${arn}2`, `${arn}:*`],
  ["arn:aws:lambda:*:function:other", arn],
  ["arn.aws:lambda:eu-central-1:123456789012:function:api", arn],
  ["", "a"],
])("%s does not meet %s", (a, b) => {
  expect(patternsMeet(a, b)).toBe(false);
  expect(patternsMeet(b, a)).toBe(false);
});

test("a pattern that is all stars is no reason to search for ever", () => {
  expect(patternsMeet("*a".repeat(400), "*b".repeat(400))).toBe(false);
});
