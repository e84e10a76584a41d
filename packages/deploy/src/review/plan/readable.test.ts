import { expect, test } from "vitest";

import { resource } from "../../../test/graph-under-test.ts";
import { asText, givenName, listed, shortArn, shortLabel, shortType } from "./readable.ts";

test.each([
  ["arn:aws:lambda:eu-central-1:123456789012:function:api:1", "lambda eu-central-1 function:api:1"],
  ["arn:aws:iam::123456789012:role/a/b", "iam role/a/b"],
  ["arn:aws-cn:s3:::bucket/*", "s3 bucket/*"],
  ["*", "*"],
  ["api", "api"],
  ["arn:aws:x", "arn:aws:x"],
])("%s is written %s", (arn, text) => {
  expect(shortArn(arn)).toBe(text);
});

test("types are written without Pulumi's modules, names as they were given", () => {
  expect(shortType("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")).toBe(
    "cloudfront ResponseHeadersPolicy",
  );
  expect(shortType("sst:aws:Router")).toBe("sst:aws:Router");
  expect(givenName(resource("a", "A", { name: { "<secret>": "b" } }))).toBe("b");
  expect(givenName(resource("a", "A", {}))).toBe(undefined);
});

test("resources are named as a violation's label has them", () => {
  expect(shortLabel("aws:lambda/function:Function::GateApiFunction")).toBe(
    "lambda Function GateApiFunction",
  );
  expect(shortLabel("stage anna")).toBe("stage anna");
});

test("values of any kind are text", () => {
  expect(listed([])).toBe("none");
  expect(listed(["a", { b: 1 }])).toBe('a, {"b":1}');
  expect(asText(undefined)).toBe("nothing");
});
