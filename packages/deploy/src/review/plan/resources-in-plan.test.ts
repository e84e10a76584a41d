import { expect, test } from "vitest";

import {
  behaviorUnderTest,
  graphUnderTest,
  resource,
  resourceNames,
} from "../../../test/graph-under-test.ts";
import { resourcesInPlan } from "./resources-in-plan.ts";

const viewerFunction = "GateCloudfrontFunction";

function notes(change: Parameters<typeof graphUnderTest>[0]) {
  return resourcesInPlan(graphUnderTest(change)).flatMap(({ name, note }) =>
    note === undefined ? [] : [[name, note]],
  );
}

test("the home region comes first, what is everywhere last, and only what is AWS's counts", () => {
  const resources = resourcesInPlan(
    graphUnderTest({ added: [resource("aws:x/y:Z", "Abroad", {}, { region: "ap-south-1" })] }),
  );
  expect([...new Set(resources.map(({ region }) => region))]).toEqual([
    "eu-central-1",
    "ap-south-1",
    "us-east-1",
    "everywhere",
  ]);
  expect(resources.some(({ type }) => type.startsWith("sst:"))).toBe(false);
  expect(resources.find(({ name }) => name === resourceNames.domain)).toEqual({
    region: "eu-central-1",
    type: "cognito UserPoolDomain",
    name: resourceNames.domain,
    physicalName: "gatehouse-anna-0a1b2c3d",
  });
});

test("what stays behind is told, and that SST's own function is on no path", () => {
  expect(
    notes({ changes: { [resourceNames.pool]: { $options: { retainOnDelete: true } } } }),
  ).toEqual([
    [resourceNames.pool, "left behind"],
    [resourceNames.guard, "left behind; npx gatehouse sweep deletes it"],
    [viewerFunction, "SST's own; on no path"],
  ]);
});

test("a CloudFront function that is on a path is no longer without one", () => {
  const functionArn = "arn:aws:cloudfront::123456789012:function/viewer";
  const added = [
    resource(
      "aws:cloudfront/function:Function",
      "Viewer",
      { name: "viewer" },
      { outputs: { arn: functionArn } },
    ),
  ];
  const behavior = { ...behaviorUnderTest, functionAssociations: [{ functionArn }] };
  const onDefault = { defaultCacheBehavior: behavior };
  const onAnother = { orderedCacheBehaviors: [behavior] };
  expect(notes({ added })).toContainEqual(["Viewer", "SST's own; on no path"]);
  for (const inputs of [onDefault, onAnother]) {
    const changes = { [resourceNames.distribution]: inputs };
    expect(notes({ added, changes }).map(([name]) => name)).not.toContain("Viewer");
  }
});
