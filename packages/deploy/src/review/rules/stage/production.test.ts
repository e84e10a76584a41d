import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import {
  annaStage,
  graphUnderTest,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkProduction } from "./production.ts";

const production = resolveStage({ default: {} }, "production");
const kept = { stage: "production", protect: true, removal: "retain" };

test("production stays, a personal stage goes", () => {
  expect(checkProduction(graphUnderTest(), annaStage)).toEqual([]);
  expect(checkProduction(graphUnderTest({ dev: true }), annaStage)).toEqual([]);
  expect(checkProduction(graphUnderTest(kept), production)).toEqual([]);
});

test.each([
  ["production-protect", { ...kept, protect: false }],
  ["production-removal", { ...kept, removal: "remove" }],
  ["production-removal", { ...kept, removal: "retain-all" }],
  ["production-dev", { ...kept, dev: true }],
])("in production, %s is broken by %j", (rule, graph) => {
  expect(rulesOf(checkProduction(graphUnderTest(graph), production))).toEqual([rule]);
});

test.each([
  ["production-protect", { protect: true }],
  ["production-removal", { removal: "retain" }],
  ["production-removal", { removal: "" }],
])("elsewhere, %s is broken by %j", (rule, graph) => {
  expect(rulesOf(checkProduction(graphUnderTest(graph), annaStage))).toEqual([rule]);
});

test("what to do depends on the stage", () => {
  const messages = (graph: object, stage = annaStage) =>
    checkProduction(graphUnderTest(graph), stage).map(({ message }) => message);
  expect(messages({ ...kept, protect: false, removal: "remove" }, production)).toEqual([
    "is not protected; a single `sst remove` would take production down: set protect to true",
    "has removal remove; data would go with the stage: set removal to retain",
  ]);
  expect(messages({ protect: true, removal: "retain" })).toEqual([
    "is protected, so `sst remove` refuses a stage that is meant to be short-lived: set protect to false",
    "has removal retain; every personal stage would leave its resources behind: set removal to remove",
  ]);
});

test("a single resource may be protected in production only", () => {
  const changes = { [resourceNames.pool]: { $options: { protect: true } } };
  expect(checkProduction(graphUnderTest({ ...kept, changes }), production)).toEqual([]);
  expect(checkProduction(graphUnderTest({ changes }), annaStage)).toMatchObject([
    {
      rule: "production-protect",
      resource: "aws:cognito/userPool:UserPool::GateUsersUserPool",
    },
  ]);
});
