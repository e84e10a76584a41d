import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { expect, test } from "vitest";

import { access, evaluateSample, stageOf } from "./support/sample.ts";

const production = { backendChecksRevocation: true };

test("a backend that looks ended sign-ins up is told of the list, and may read it", async () => {
  const { graph } = await evaluateSample({ stage: "production", production });
  expect(checkGraph(graph, stageOf("production", production), access)).toEqual([]);
});

test.each([
  [
    "is not told of the list",
    "...(revocation && { [apiEnvironment.revocation]: JSON.stringify(revocation) }),",
    "",
    "backend-revocation",
  ],
  [
    "may not read the list",
    '["ssm:GetParameters"]',
    '["ssm:GetParameter"]',
    "backend-may-read-list",
  ],
])("a backend that %s is noticed", async (_what, from, to, rule) => {
  const changes = [{ file: "packages/sst-gatehouse/src/component/lock.ts", from, to }];
  const { graph } = await evaluateSample({ stage: "production", production, changes });
  const violations = checkGraph(graph, stageOf("production", production), access);
  expect(violations.map((violation) => violation.rule)).toContain(rule);
});

test("a backend without protect() in its bundle is not deployed", async () => {
  const changes = [
    {
      file: "packages/functions/src/lambda.ts",
      from: "protect(access, app)",
      to: "async () => [access, app]",
    },
  ];
  await expect(evaluateSample({ stage: "production", production, changes })).rejects.toThrow(
    "does not have protect() in it",
  );
});
