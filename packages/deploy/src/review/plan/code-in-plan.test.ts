import { expect, test } from "vitest";

import { graphUnderTest, resource, resourceNames } from "../../../test/graph-under-test.ts";
import { codeOf } from "./code-in-plan.ts";

const sha256 = "5".repeat(64);
const upload = (key: string, bytes: number) =>
  resource("aws:s3/bucketObjectv2:BucketObjectv2", "GateApiCode", {
    bucket: "sst-asset-eu-central-1",
    key,
    source: { archive: { "code.zip": { bytes, sha256 } } },
  });

function apiCode(inputs: Readonly<Record<string, unknown>>) {
  const changes = { [resourceNames.api]: inputs, [resourceNames.guard]: { code: undefined } };
  const added = [upload("assets/old.zip", 1), upload("assets/api.zip", 2)];
  return codeOf(graphUnderTest({ changes, added }));
}

test("a function's code is told from its own archive", () => {
  expect(codeOf(graphUnderTest())[3]).toEqual({
    functionName: resourceNames.guard,
    file: "settings.json",
    bytes: 1900,
    sha256: "4".repeat(64),
  });
});

test("or from the upload that it names, bucket and key", () => {
  const api = { s3Bucket: "sst-asset-eu-central-1", s3Key: "assets/api.zip" };
  expect(apiCode(api)).toEqual([
    { functionName: resourceNames.api, file: "code.zip", bytes: 2, sha256 },
  ]);
  expect(apiCode({ ...api, s3Bucket: "another" })).toEqual([]);
  expect(apiCode({ ...api, s3Key: "another" })).toEqual([]);
});
