import { expect, test } from "vitest";

import { createClock } from "../aws/clock.ts";
import { gate } from "../../test/gate.ts";
import { createDeployment } from "./deployment.ts";
import { backendOptions } from "./functions.ts";
import { createIdentities } from "../aws/iam/identities.ts";
import { createRoles } from "./roles.ts";

test("the backend runs the code it is given, with the time, memory, CORS origins and streaming of its stage", () => {
  const deployment = createDeployment({ app: 4280, apis: 4281 }, gate, {
    apiTimeoutSeconds: 900,
    apiMemoryMb: 2048,
    corsOrigins: ["https://a.example"],
    streaming: "never-empty",
  });
  const identities = createIdentities(deployment.accountId);
  const { codeDirectory, handler, timeoutSeconds, memoryMb, environment } = backendOptions(
    deployment.backends[0],
    {
      deployment,
      bundles: {
        edge: { directory: "/edge", handler: "lambda.handler" },
        functions: { api: { directory: "/functions", handler: "bundle.handler" } },
      },
      roles: createRoles(identities, deployment, () => Infinity),
      identities,
      expiry: () => Infinity,
      network: { hosts: {}, caPem: "" },
      clock: createClock(),
      explain: () => undefined,
    },
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
  expect(createDeployment({ app: 4280, apis: 4281 }, { ...gate, local }).environment).toEqual({
    LOG_LEVEL: "debug",
    SST_RESOURCE_App: '{"name":"orders","stage":"local"}',
    SST_RESOURCE_Covers: '{"name":"c"}',
  });
});
