import { expect, test } from "vitest";

import { createClock } from "../aws/clock.ts";
import { gate } from "../../test/gate.ts";
import { createDeployment, type Deployment } from "./deployment.ts";
import { backendOptions, guardOptions, type FunctionsOptions } from "./functions.ts";
import { createIdentities } from "../aws/iam/identities.ts";
import { createRoles } from "./roles.ts";

const expiresAtMs = 1_796_000_000_000;

function optionsOf(deployment: Deployment): FunctionsOptions {
  const identities = createIdentities(deployment.accountId);
  return {
    deployment,
    bundles: {
      edge: { directory: "/edge", handler: "lambda.handler" },
      functions: { api: { directory: "/functions", handler: "bundle.handler" } },
    },
    roles: createRoles(identities, deployment, () => expiresAtMs),
    identities,
    expiry: () => expiresAtMs,
    network: { hosts: {}, caPem: "" },
    clock: createClock(),
    explain: () => undefined,
  };
}

test("the guard is a replica of Lambda@Edge: far from the app, without variables, and with a log group of its own", () => {
  const { name, functionArn, version, region, environment, logGroup, codeDirectory, handler } =
    guardOptions(optionsOf(createDeployment(4280, gate)));
  expect({ name, functionArn, version, region, environment, logGroup }).toEqual({
    name: "us-east-1.orders-local-Guard",
    functionArn: "arn:aws:lambda:us-east-1:123456789012:function:orders-local-Guard",
    version: "1",
    region: "ap-southeast-2",
    environment: {},
    logGroup: "/gatehouse/orders/local/guard",
  });
  expect([codeDirectory, handler]).toEqual(["/edge", "lambda.handler"]);
});

test("the credentials of guard and backend end when the stack says", () => {
  const options = optionsOf(createDeployment(4280, gate));
  const { backends } = options.deployment;
  const ends = [guardOptions(options), backendOptions(backends[0], options)].map(
    ({ credentials }) => options.identities.find(credentials().accessKeyId)?.expiresAtMs,
  );
  expect(ends).toEqual([expiresAtMs, expiresAtMs]);
});

test("the backend runs the code it is given, with the time, memory, CORS origins and streaming of its stage", () => {
  const deployment = createDeployment(4280, gate, {
    apiTimeoutSeconds: 900,
    apiMemoryMb: 2048,
    corsOrigins: ["https://a.example"],
    streaming: "never-empty",
  });
  const { codeDirectory, handler, timeoutSeconds, memoryMb, environment } = backendOptions(
    deployment.backends[0],
    optionsOf(deployment),
  );
  expect({ codeDirectory, handler, timeoutSeconds, memoryMb, environment }).toEqual({
    codeDirectory: "/functions",
    handler: "bundle.handler",
    timeoutSeconds: 900,
    memoryMb: 2048,
    environment: {
      GATEHOUSE_EDGE_ACCOUNT: "123456789012",
      GATEHOUSE_EDGE_ROLE: "orders-local-eu-west-1-guard",
      GATEHOUSE_CORS_ORIGINS: '["https://a.example"]',
      GATEHOUSE_STREAMING: "never-empty",
      SST_RESOURCE_App: '{"name":"orders","stage":"local"}',
    },
  });
});

test("a backend is given the links and variables of gate.ts, and none in the place of the gate's own", () => {
  const local = { links: { Covers: { name: "c" } }, environment: { LOG_LEVEL: "debug" } };
  expect(createDeployment(4280, { ...gate, local }).environment).toEqual({
    LOG_LEVEL: "debug",
    SST_RESOURCE_App: '{"name":"orders","stage":"local"}',
    SST_RESOURCE_Covers: '{"name":"c"}',
  });
});
