import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import {
  accessUnderTest as access,
  annaStage,
  graphUnderTest,
  resource,
  resourceNames,
} from "../../../test/graph-under-test.ts";
import { checkGraph } from "../rules/rules.ts";
import { createPlanDocument } from "./plan-document.ts";

function planned(change?: Parameters<typeof graphUnderTest>[0]) {
  const graph = graphUnderTest(change);
  const violations = checkGraph(graph, annaStage, access);
  return createPlanDocument({ graph, access, violations, unchecked: [], version: "1.2.3" });
}

test("tells a stage in order, all but its resources", () => {
  const { resources, ...rest } = planned({ outputs: { appUrl: "https://a.example" } });
  expect(resources).toHaveLength(22);
  expect(rest).toEqual({
    app: "gatehouse",
    stage: "anna",
    unchecked: [],
    access: [
      { rule: "/public/*", admits: "anyone, without signing in" },
      { rule: "/admin/*", admits: "people in the group admin" },
      { rule: "/*", admits: "everyone who has signed in; every machine; every IAM service" },
    ],
    guard: { version: "1.2.3", sha256: guardHash(["1", "2", "3", "5", "6", "8", "9", "a"]) },
    outputs: { appUrl: "https://a.example" },
    violations: [],
  });
});

const guardFiles: Readonly<Record<string, string>> = {
  "1": "lambda.cjs",
  "2": "parameters.cjs",
  "3": "fetch-key-set.cjs",
  "5": "stage-revocations.cjs",
  "6": "sessions.cjs",
  a: "resource.cjs",
  "8": "responses.cjs",
  "9": "libraries.cjs",
};

/** Of the code of the graph under test, where each file's hash is one digit: as `sha256sum *.cjs | sha256sum` has it. */
function guardHash(digits: readonly string[]): string {
  const lines = digits
    .map((digit) => `${digit.repeat(64)}  ${guardFiles[digit]}\n`)
    .toSorted((a, b) => ((a.split("  ")[1] ?? "") < (b.split("  ")[1] ?? "") ? -1 : 1));
  return createHash("sha256").update(lines.join("")).digest("hex");
}

test("tells each resource as it would be sent, with its options", () => {
  const secret = resource("aws:ssm/parameter:Parameter", "Secret", {
    name: "/x",
    value: { "<secret>": "swordfish" },
    tags: [{ key: { "<secret>": { deep: "swordfish" } } }],
  });
  const group = { ...resource("sst:aws:Function", "Api", {}), component: true };
  const bytes = resource("random:index/randomBytes:RandomBytes", "Key", { length: 32 });
  const { region: _region, ...elsewhere } = bytes;
  const { resources } = planned({
    changes: { [resourceNames.pool]: { $options: { retainOnDelete: true } } },
    added: [secret, group, elsewhere],
  });
  expect(resources.find(({ name }) => name === resourceNames.pool)).toEqual({
    type: "aws:cognito/userPool:UserPool",
    name: "GateUsersUserPool",
    region: "eu-central-1",
    inputs: {
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      deletionProtection: "INACTIVE",
      name: "gatehouse-anna-GateUsersUserPool-bafkksbh",
    },
    options: { retainOnDelete: true },
  });
  expect(resources.slice(-2)).toEqual([
    {
      type: "aws:ssm/parameter:Parameter",
      name: "Secret",
      region: "eu-central-1",
      inputs: { name: "/x", value: "[secret]", tags: [{ key: "[secret]" }] },
      options: {},
    },
    {
      type: "random:index/randomBytes:RandomBytes",
      name: "Key",
      region: null,
      inputs: { length: 32 },
      options: {},
    },
  ]);
});

test("holds no secret, in resources or outputs", () => {
  const text = JSON.stringify(planned({ outputs: { password: { "<secret>": "swordfish" } } }));
  expect(JSON.parse(text).outputs).toEqual({ password: "[secret]" });
  expect(text).not.toContain("swordfish");
  expect(text).not.toContain("secret>");
});

test("tells what is refused in two parts: what it is, and what to do", () => {
  const changes = { [resourceNames.apiUrl]: { authorizationType: "NONE" } };
  expect(planned({ changes }).violations).toEqual([
    {
      rule: "function-url-auth",
      resource: "aws:lambda/functionUrl:FunctionUrl::GateApiUrl",
      what: "is not locked by AWS_IAM; anybody who learns its address calls the function without the guard",
      mend: "set authorization to iam",
    },
  ]);
});

test("the guard's hash is that of its code: settings, rules and keys do not count, each file of code does", () => {
  const archive = (files: Readonly<Record<string, string>>) => ({
    code: {
      archive: Object.fromEntries(
        Object.entries(files).map(([file, digit]) => [
          file,
          { sha256: digit.repeat(64), bytes: 1 },
        ]),
      ),
    },
  });
  const hash = (files: Readonly<Record<string, string>>) =>
    planned({ changes: { [resourceNames.guard]: archive(files) } }).guard.sha256;
  const own = hash({ "sessions.cjs": "6", "lambda.cjs": "1" });
  expect(own).toBe(guardHash(["1", "6"]));
  expect(
    hash({ "lambda.cjs": "1", "sessions.cjs": "6", "settings.json": "4", "access.json": "5" }),
  ).toBe(own);
  expect(hash({ "lambda.cjs": "2", "sessions.cjs": "6" })).not.toBe(own);
  expect(hash({ "lambda.cjs": "1" })).not.toBe(own);
});

test("a graph with nothing in it is still told", () => {
  const graph = { ...graphUnderTest(), resources: [] };
  const violations = checkGraph(graph, annaStage, access);
  const {
    resources,
    guard,
    violations: told,
  } = createPlanDocument({
    graph,
    access,
    violations,
    unchecked: [],
    version: "1",
  });
  expect([resources, guard]).toEqual([[], { version: "1", sha256: null }]);
  expect(told.map(({ mend }) => mend)).not.toContain("");
});

test("what the app has besides its gates is named, by type and name", () => {
  const graph = graphUnderTest();
  const unchecked = [resource("aws:s3/bucketV2:BucketV2", "CoversBucket", { acl: "private" })];
  const document = createPlanDocument({ graph, access, violations: [], unchecked, version: "1" });
  expect(document.unchecked).toEqual([{ type: "aws:s3/bucketV2:BucketV2", name: "CoversBucket" }]);
});
