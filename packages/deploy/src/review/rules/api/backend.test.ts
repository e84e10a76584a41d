import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { checkBackend } from "./backend.ts";
import {
  chainUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";

const { api, apiLog, apiRole } = resourceNames;
const variables = {
  GATEHOUSE_EDGE_ACCOUNT: "123456789012",
  GATEHOUSE_EDGE_ROLE: "gatehouse-anna-eu-central-1-guard",
  GATEHOUSE_CORS_ORIGINS: '["https://tools.example"]',
  GATEHOUSE_STREAMING: "on",
};
const root = { Service: "lambda.amazonaws.com", AWS: "arn:aws:iam::123456789012:root" };

function trusting(Principal: unknown) {
  return {
    assumeRolePolicy: { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }] },
  };
}

function environment(change: Readonly<Record<string, unknown>>) {
  return { environment: { variables: { ...variables, ...change } } };
}

test("a backend as the blueprint and the stage have it breaks no rule, whatever else it is told", () => {
  expect(checkBackend(chainUnderTest())).toEqual([]);
  const changes = { [api]: environment({ TABLE: "orders" }) };
  expect(checkBackend(chainUnderTest({ changes }))).toEqual([]);
});

test.each([
  ["6.83.4", "nodejs22.x", "nodejs24.x"],
  ["7.20.0", "nodejs24.x", "nodejs22.x"],
])(
  "with version %s of the AWS provider it runs on %s and nothing else",
  (awsProvider, runtime, other) => {
    const rules = (name: string) =>
      rulesOf(checkBackend(chainUnderTest({ awsProvider, changes: { [api]: { runtime: name } } })));
    expect([rules(runtime), rules(other)]).toEqual([[], ["backend-runtime"]]);
  },
);

const refusals: [rule: string, name: string, inputs: Readonly<Record<string, unknown>>][] = [
  ["backend-layers", api, { layers: ["arn:aws:lambda:eu-central-1:1:layer:a:1"] }],
  ["backend-environment", api, environment({ NODE_OPTIONS: "--import /opt/a.mjs" })],
  ["backend-environment", api, environment({ AWS_LAMBDA_EXEC_WRAPPER: "/opt/a" })],
  ["backend-environment", api, environment({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })],
  ["backend-environment", api, environment({ NODE_EXTRA_CA_CERTS: "/opt/a.pem" })],
  ["backend-runtime", api, { runtime: "nodejs20.x" }],
  ["backend-architecture", api, { architectures: ["x86_64"] }],
  ["backend-memory", api, { memorySize: 1024 }],
  ["backend-timeout", api, { timeout: 3 }],
  ["backend-edge-account", api, environment({ GATEHOUSE_EDGE_ACCOUNT: "999999999999" })],
  ["backend-edge-account", api, environment({ GATEHOUSE_EDGE_ACCOUNT: undefined })],
  [
    "backend-edge-role",
    api,
    environment({ GATEHOUSE_EDGE_ROLE: "gatehouse-anna-eu-central-1-guard2" }),
  ],
  ["backend-cors-origins", api, environment({ GATEHOUSE_CORS_ORIGINS: '["*"]' })],
  ["backend-cors-origins", api, environment({ GATEHOUSE_CORS_ORIGINS: "[]" })],
  ["backend-streaming", api, environment({ GATEHOUSE_STREAMING: "never-empty" })],
  ["backend-streaming", api, environment({ GATEHOUSE_STREAMING: undefined })],
  ["backend-log-retention", api, { loggingConfig: { logGroup: "/aws/lambda/elsewhere" } }],
  ["backend-log-retention", api, { loggingConfig: undefined }],
  ["backend-log-retention", apiLog, { retentionInDays: undefined }],
  ["backend-log-retention", apiLog, { retentionInDays: 0 }],
  ["backend-log-retention", apiLog, { retentionInDays: "30" }],
  ["backend-role-assigned", api, { role: "arn:aws:iam::123456789012:role/other" }],
  ["backend-role-trust", apiRole, trusting(root)],
  ["backend-role-trust", apiRole, trusting({ Service: "edgelambda.amazonaws.com" })],
  ["backend-role-trust", apiRole, { assumeRolePolicy: "{" }],
  ["backend-role-managed-policies", apiRole, { managedPolicyArns: [] }],
  [
    "backend-role-managed-policies",
    apiRole,
    {
      managedPolicyArns: [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/AdministratorAccess",
      ],
    },
  ],
];

test.each(refusals)("%s is broken when %s has %j", (rule, name, inputs) => {
  expect(rulesOf(checkBackend(chainUnderTest({ changes: { [name]: inputs } })))).toEqual([rule]);
});

test("a backend in a VPC has the policy for it, which another may not have", () => {
  const managedPolicyArns = ["AWSLambdaVPCAccessExecutionRole", "AWSLambdaBasicExecutionRole"].map(
    (name) => `arn:aws:iam::aws:policy/service-role/${name}`,
  );
  const vpcConfig = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
  const check = (changes: Record<string, Record<string, unknown>>) =>
    rulesOf(checkBackend(chainUnderTest({ changes })));
  const rule = "backend-role-managed-policies";
  expect(check({ [api]: { vpcConfig }, [apiRole]: { managedPolicyArns } })).toEqual([]);
  expect(check({ [apiRole]: { managedPolicyArns } })).toEqual([rule]);
  expect(check({ [api]: { vpcConfig } })).toEqual([rule]);
});

test("of two log groups with one name nobody knows which is meant", () => {
  const twin = resource("aws:cloudwatch/logGroup:LogGroup", "Twin", {
    name: "/aws/lambda/gatehouse-anna-GateApiFunction-bafkksbh",
    retentionInDays: 30,
  });
  expect(rulesOf(checkBackend(chainUnderTest({ added: [twin] })))).toEqual([
    "backend-log-retention",
  ]);
});

test("a backend without an environment knows nothing that it needs", () => {
  const changes = { [api]: { environment: undefined } };
  expect(rulesOf(checkBackend(chainUnderTest({ changes })))).toEqual([
    "backend-edge-account",
    "backend-edge-role",
    "backend-cors-origins",
    "backend-streaming",
  ]);
});

test("memory and time are those of the stage", () => {
  const stage = resolveStage(
    {
      default: { apiMemoryMb: 256, apiTimeoutSeconds: 900, corsOrigins: ["https://tools.example"] },
    },
    "anna",
  );
  expect(rulesOf(checkBackend(chainUnderTest({}, stage)))).toEqual([
    "backend-memory",
    "backend-timeout",
  ]);
  const changes = { [api]: { memorySize: 256, timeout: 900 } };
  expect(checkBackend(chainUnderTest({ changes }, stage))).toEqual([]);
});

test.each(["never-empty", "off"] as const)("a stage may say streaming: %s", (streaming) => {
  const settings = { corsOrigins: ["https://tools.example"], streaming };
  const stage = resolveStage({ default: settings }, "anna");
  expect(rulesOf(checkBackend(chainUnderTest({}, stage)))).toEqual(["backend-streaming"]);
  const changes = { [api]: environment({ GATEHOUSE_STREAMING: streaming }) };
  expect(checkBackend(chainUnderTest({ changes }, stage))).toEqual([]);
});

test("live debugging deploys a stub that the account may take the role of, but that knows the guard", () => {
  const stub = {
    runtime: "provided.al2023",
    architectures: ["x86_64"],
    ...environment({ GATEHOUSE_STREAMING: "off" }),
  };
  const changes = { [api]: stub, [apiRole]: trusting(root) };
  expect(checkBackend(chainUnderTest({ changes, dev: true }))).toEqual([]);
  const told = { GATEHOUSE_EDGE_ROLE: "x", GATEHOUSE_STREAMING: "off" };
  const unaware = { [api]: { ...stub, ...environment(told) } };
  expect(rulesOf(checkBackend(chainUnderTest({ changes: unaware, dev: true })))).toEqual([
    "backend-edge-role",
  ]);
});

test("the code of a further backend is its own, too", () => {
  const chain = chainUnderTest();
  const second = resource("aws:lambda/function:Function", "Second", { layers: ["arn:x"] });
  const both = { ...chain, backends: [chain.backend, second] };
  expect(checkBackend(both)).toMatchObject([
    { rule: "backend-layers", resource: "aws:lambda/function:Function::Second" },
  ]);
});
