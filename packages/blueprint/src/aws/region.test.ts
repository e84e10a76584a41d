import { expect, test } from "vitest";

import { checkRegion } from "./region.ts";

test.each(["eu-central-1", "us-east-1", "sa-east-1"])("%s can be home", (region) => {
  expect(() => checkRegion(region)).not.toThrow();
});

test.each([
  ["one that AWS does not have", "eu-middle-1"],
  ["one without Function URLs", "il-central-1"],
  ["another partition's", "us-gov-west-1"],
  ["nothing", ""],
])("%s is refused", (_what, region) => {
  expect(() => checkRegion(region)).toThrow(
    `stages.ts: app.region ${JSON.stringify(region)} is not known to have Lambda Function URLs`,
  );
});
