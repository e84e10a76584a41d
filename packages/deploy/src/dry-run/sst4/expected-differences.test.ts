import { expect, test } from "vitest";

import { expectedDifferences } from "./expected-differences.ts";
import type { Difference } from "./graph-differences.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];
const upload = "aws:s3/bucketObjectv2:BucketObjectv2::GateApiCode";
const bridge = "aws:s3/bucketObjectv2:BucketObjectv2::DevBridgeCodeEucentral1Bridge";
const api = "aws:lambda/function:Function::GateApiFunction";
const guard = "aws:lambda/function:Function::gatehouse-jane-Guard";

function isExpected(difference: Difference, dev: boolean): boolean {
  return expectedDifferences(dev).some(({ covers }) => covers(difference));
}

const key = (hash: string) => `assets/Api-code-${hash}.zip`;

const places: [what: string, difference: Difference, expected: boolean, expectedInDev: boolean][] =
  [
    [
      "the hash of the backend's code",
      { resource: upload, path: "inputs.source.archive.code.zip.sha256", before: one, after: two },
      true,
      true,
    ],
    [
      "the size of the backend's code",
      { resource: upload, path: "inputs.source.archive.code.zip.bytes", before: 1, after: 2 },
      true,
      true,
    ],
    [
      "where the backend's code is",
      { resource: api, path: "inputs.s3Key", before: key(one), after: key(two) },
      true,
      true,
    ],
    [
      "another name for where it is",
      { resource: api, path: "inputs.s3Key", before: key(one), after: `other/${two}` },
      false,
      true,
    ],
    [
      "the backend's runtime",
      { resource: api, path: "inputs.runtime", before: "nodejs22.x", after: "nodejs24.x" },
      true,
      true,
    ],
    [
      "the runtime of the backend on a developer's machine",
      {
        resource: "sst:aws:Function::GateApi",
        path: "outputs._live.runtime",
        before: "nodejs22.x",
        after: "nodejs24.x",
      },
      true,
      true,
    ],
    [
      "another output of the backend's component",
      {
        resource: "sst:aws:Function::GateApi",
        path: "outputs.runtime",
        before: "nodejs22.x",
        after: "nodejs24.x",
      },
      false,
      false,
    ],
    [
      "a runtime that nobody has looked at",
      { resource: api, path: "inputs.runtime", before: "nodejs22.x", after: "nodejs26.x" },
      false,
      false,
    ],
    [
      "the version of the AWS provider",
      { resource: "", path: "awsProvider", before: "6.83.4", after: "7.48.0" },
      true,
      true,
    ],
    [
      "an AWS provider that nobody has looked at",
      { resource: "", path: "awsProvider", before: "6.83.4", after: "8.0.0" },
      false,
      false,
    ],
    [
      "the guard's runtime",
      { resource: guard, path: "inputs.runtime", before: "nodejs22.x", after: "nodejs24.x" },
      true,
      true,
    ],
    [
      "another runtime of the guard",
      { resource: guard, path: "inputs.runtime", before: "nodejs22.x", after: "nodejs26.x" },
      false,
      false,
    ],
    [
      "the guard's code",
      { resource: guard, path: "inputs.code.archive.lambda.cjs.sha256", before: one, after: two },
      false,
      false,
    ],
    ["an upload less", { resource: upload, path: "", before: {}, after: undefined }, false, true],
    [
      "the bridge of sst dev",
      { resource: bridge, path: "", before: undefined, after: {} },
      false,
      true,
    ],
  ];

test.each(places)("judges %s", (_what, difference, expected, expectedInDev) => {
  expect([isExpected(difference, false), isExpected(difference, true)]).toEqual([
    expected,
    expectedInDev,
  ]);
});

test("gives a reason for each", () => {
  for (const { reason } of expectedDifferences(true)) expect(reason).toMatch(/^[a-z].{20,}[a-z]$/);
});
