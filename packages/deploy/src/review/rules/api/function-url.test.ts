import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { checkBackendUrl, checkFunctionUrls } from "./function-url.ts";
import {
  chainUnderTest,
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const { api, apiUrl } = resourceNames;

test("a Function URL that only IAM opens breaks no rule", () => {
  expect(checkFunctionUrls(graphUnderTest())).toEqual([]);
  expect(checkBackendUrl(chainUnderTest())).toEqual([]);
});

test.each([
  ["function-url-auth", { authorizationType: "NONE" }],
  ["function-url-auth", { authorizationType: undefined }],
  ["function-url-cors", { cors: { allowOrigins: ["*"] } }],
  ["function-url-cors", { cors: {} }],
  ["function-url-qualifier", { qualifier: "live" }],
])("%s is broken by %j, on any Function URL of the stage", (rule, inputs) => {
  const url = { authorizationType: "AWS_IAM", ...inputs };
  const added = [resource("aws:lambda/functionUrl:FunctionUrl", "Other", url)];
  const changes = { [apiUrl]: inputs };
  expect(rulesOf(checkFunctionUrls(graphUnderTest({ changes })))).toEqual([rule]);
  expect(rulesOf(checkFunctionUrls(graphUnderTest({ added })))).toEqual([rule]);
});

test.each([
  ["function-url-function", apiUrl, { functionName: "another" }],
  ["function-url-mode", apiUrl, { invokeMode: "BUFFERED" }],
  ["function-url-mode", apiUrl, { invokeMode: undefined }],
  ["function-url-region", apiUrl, { $region: "us-east-1" }],
  ["function-url-region", api, { $region: "us-east-1" }],
])("%s is broken when %s has %j", (rule, name, inputs) => {
  expect(rulesOf(checkBackendUrl(chainUnderTest({ changes: { [name]: inputs } })))).toEqual([rule]);
});

test("what is wrong with the mode depends on what is deployed", () => {
  const message = (change: Parameters<typeof chainUnderTest>[0]) =>
    checkBackendUrl(chainUnderTest(change))[0]?.message;
  expect(message({ dev: true })).toMatch(/^streams; neither live debugging nor/);
  expect(message({ changes: { [apiUrl]: { invokeMode: "BUFFERED" } } })).toMatch(
    /^is not in mode RESPONSE_STREAM/,
  );
});

test("live debugging and a stage with streaming off answer whole, and nothing else does", () => {
  const buffered = { changes: { [apiUrl]: { invokeMode: "BUFFERED" } }, dev: true };
  const byDefault = { changes: { [apiUrl]: { invokeMode: undefined } }, dev: true };
  expect(checkBackendUrl(chainUnderTest(buffered))).toEqual([]);
  expect(checkBackendUrl(chainUnderTest(byDefault))).toEqual([]);
  expect(rulesOf(checkBackendUrl(chainUnderTest({ dev: true })))).toEqual(["function-url-mode"]);
  const off = resolveStage({ default: { streaming: "off" } }, "anna");
  const { changes } = buffered;
  expect(checkBackendUrl(chainUnderTest({ changes }, off))).toEqual([]);
  expect(rulesOf(checkBackendUrl(chainUnderTest({}, off)))).toEqual(["function-url-mode"]);
  const neverEmpty = resolveStage({ default: { streaming: "never-empty" } }, "anna");
  expect(checkBackendUrl(chainUnderTest({}, neverEmpty))).toEqual([]);
});
