import { expect, test } from "vitest";

import {
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkLogLevels } from "./log-levels.ts";

const both = { applicationLogLevel: "INFO", systemLogLevel: "INFO" };

test("a published function that logs as JSON says both of its log levels", () => {
  expect(checkLogLevels(graphUnderTest())).toEqual([]);
});

test.each([
  [[], { logFormat: "JSON", ...both }],
  [["function-log-levels"], { logFormat: "JSON" }],
  [["function-log-levels"], { logFormat: "JSON", applicationLogLevel: "INFO" }],
  [["function-log-levels"], { logFormat: "JSON", systemLogLevel: "INFO" }],
  // Text has no levels.
  [[], { logFormat: "Text" }],
  [[], undefined],
])("%j is broken by %j", (rules, loggingConfig) => {
  const changes = { [resourceNames.guard]: { loggingConfig } };
  expect(rulesOf(checkLogLevels(graphUnderTest({ changes })))).toEqual(rules);
});

test("whichever function it is, but only where versions are published", () => {
  const json = { loggingConfig: { logFormat: "JSON" } };
  const other = (publish: boolean) => [
    resource("aws:lambda/function:Function", "Other", { ...json, publish }),
  ];
  expect(checkLogLevels(graphUnderTest({ added: other(true) }))).toEqual([
    {
      rule: "function-log-levels",
      resource: "aws:lambda/function:Function::Other",
      message:
        "is published and logs as JSON, but does not say applicationLogLevel and systemLogLevel; the provider would update it at every deploy, and the distribution with it: set both, to INFO where you have no other wish",
    },
  ]);
  expect(checkLogLevels(graphUnderTest({ added: other(false) }))).toEqual([]);
});
