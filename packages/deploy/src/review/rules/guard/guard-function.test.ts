import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { expect, test } from "vitest";

import { checkGuardFunction } from "./guard-function.ts";
import { chainUnderTest, resourceNames, rulesOf } from "../../../../test/graph-under-test.ts";

const files = {
  "lambda.cjs": { sha256: "1", bytes: 40_000 },
  "parameters.cjs": { sha256: "2", bytes: 1 },
  "fetch-key-set.cjs": { sha256: "3", bytes: 1 },
  "stage-revocations.cjs": { sha256: "5", bytes: 1 },
  "sessions.cjs": { sha256: "6", bytes: 1 },
  "resource.cjs": { sha256: "a", bytes: 1 },
  "responses.cjs": { sha256: "8", bytes: 1 },
  "libraries.cjs": { sha256: "9", bytes: 1 },
  "sealing.json": { sha256: "[secret]", bytes: 1 },
  "access.json": { sha256: "7", bytes: 1 },
  "settings.json": { sha256: "4", bytes: 1 },
};
const { "settings.json": _settings, ...withoutSettings } = files;
const { "access.json": _access, ...withoutAccess } = files;

function check(inputs: Readonly<Record<string, unknown>>): readonly string[] {
  return rulesOf(
    checkGuardFunction(chainUnderTest({ changes: { [resourceNames.guard]: inputs } })),
  );
}

test.each([
  {},
  { packageType: "Zip", ephemeralStorage: { size: 512 }, layers: [], tags: { a: "b" } },
  { description: "the guard", sourceCodeHash: "x" },
  { code: { archive: { ...files, "lambda.cjs": { bytes: 49_999_990 } } } },
])("a guard as the blueprint has it breaks no rule: %j", (inputs) => {
  expect(check(inputs)).toEqual([]);
});

const refusals: [rule: string, inputs: Readonly<Record<string, unknown>>][] = [
  ["guard-region", { $region: "eu-central-1" }],
  ["guard-version", { publish: false }],
  ["guard-version", { publish: undefined }],
  ["guard-runtime", { runtime: "nodejs24.x" }],
  ["guard-architecture", { architectures: ["arm64"] }],
  ["guard-architecture", { architectures: undefined }],
  ["guard-handler", { handler: "index.handler" }],
  ["guard-memory", { memorySize: 128 }],
  ["guard-timeout", { timeout: 31 }],
  ["guard-timeout", { timeout: 9 }],
  ["guard-role-assigned", { role: "arn:aws:iam::123456789012:role/other" }],
  ["guard-log-group", { loggingConfig: { logGroup: "/aws/lambda/guard" } }],
  ["guard-log-group", { loggingConfig: undefined }],
  ["guard-left-behind", { skipDestroy: false }],
  ["guard-left-behind", { skipDestroy: undefined }],
  ["guard-name", { name: "gatehouse-anna-eu-central-1-guard" }],
  ["guard-package", { packageType: "Image" }],
  ["guard-files", { code: { archive: { ...files, "extra.cjs": { bytes: 1 } } } }],
  ["guard-files", { code: { archive: withoutSettings } }],
  ["guard-files", { code: { archive: withoutAccess } }],
  ["guard-files", { code: { asset: "code.zip" } }],
  ["guard-size", { code: { archive: { ...files, "lambda.cjs": { bytes: 50_000_000 } } } }],
  ["guard-size", { code: { archive: { ...files, "lambda.cjs": {} } } }],
  ["guard-size", { code: { archive: { ...files, "lambda.cjs": { bytes: "1" } } } }],
  ["guard-feature", { environment: { variables: { A: "b" } } }],
  ["guard-feature", { environment: {} }],
  ["guard-feature", { vpcConfig: { subnetIds: ["a"] } }],
  ["guard-feature", { layers: ["arn:aws:lambda:us-east-1:1:layer:a:1"] }],
  ["guard-feature", { deadLetterConfig: { targetArn: "a" } }],
  ["guard-feature", { tracingConfig: { mode: "Active" } }],
  ["guard-feature", { fileSystemConfig: { arn: "a" } }],
  ["guard-feature", { imageUri: "a" }],
  ["guard-feature", { imageConfig: {} }],
  ["guard-feature", { kmsKeyArn: "a" }],
  ["guard-feature", { snapStart: { applyOn: "PublishedVersions" } }],
  ["guard-feature", { ephemeralStorage: { size: 513 } }],
  ["guard-feature", { ephemeralStorage: { size: "512" } }],
  ["guard-feature", { somethingNew: true }],
];

test.each(refusals)("%s is broken by %j", (rule, inputs) => {
  expect(check(inputs)).toEqual([rule]);
});

test.each([
  ["6.66.2", "nodejs22.x", "nodejs24.x"],
  ["6.83.4", "nodejs22.x", "nodejs24.x"],
  ["7.0.0", "nodejs24.x", "nodejs22.x"],
  ["10.1.0", "nodejs24.x", "nodejs22.x"],
])("version %s of the AWS provider deploys %s and nothing else", (awsProvider, runtime, other) => {
  const rules = (name: string) => {
    const changes = { [resourceNames.guard]: { runtime: name } };
    return rulesOf(checkGuardFunction(chainUnderTest({ awsProvider, changes })));
  };
  expect([rules(runtime), rules(other), rules("nodejs20.x")]).toEqual([
    [],
    ["guard-runtime"],
    ["guard-runtime"],
  ]);
});

test("the blueprint's guard is one that Lambda@Edge takes at origin-request", () => {
  expect(guardFunction).toMatchObject({ region: "us-east-1", architecture: "x86_64" });
  expect(guardFunction.timeoutSeconds).toBeLessThanOrEqual(30);
});

test("a violation names the resource, and says what is wrong and what to do", () => {
  const changes = { [resourceNames.guard]: { environment: { variables: { A: "b" } } } };
  expect(checkGuardFunction(chainUnderTest({ changes }))).toEqual([
    {
      rule: "guard-feature",
      resource: "aws:lambda/function:Function::gatehouse-anna-Guard",
      message:
        "has an environment; Lambda@Edge refuses the function then: bake what it needs into settings.json",
    },
  ]);
  const unknown = { [resourceNames.guard]: { somethingNew: true } };
  expect(checkGuardFunction(chainUnderTest({ changes: unknown }))[0]?.message).toMatch(
    /^sets somethingNew, which has not been reviewed/,
  );
});
