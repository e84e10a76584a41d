import { expect, test } from "vitest";

import { requireOwnVariables } from "./environment-variables.ts";
import { processOf, runFixture } from "../../../test/lambda/run-fixture.ts";
import { fixture } from "../../../test/lambda/start-fixture.ts";

const refused: [name: string, message: string][] = [
  ["AWS_REGION", "Lambda sets AWS_REGION itself; a function cannot declare it"],
  ["_HANDLER", "_HANDLER is not a valid name for a Lambda environment variable"],
  ["AWS_SESSION_TOKEN", "Lambda sets AWS_SESSION_TOKEN itself; a function cannot declare it"],
  ["LAMBDA_TASK_ROOT", "Lambda sets LAMBDA_TASK_ROOT itself; a function cannot declare it"],
  ["2ND", "2ND is not a valid name for a Lambda environment variable"],
  ["A-B", "A-B is not a valid name for a Lambda environment variable"],
  [
    "NODE_OPTIONS",
    "NODE_OPTIONS changes how the local stack runs a function; it cannot be declared here",
  ],
  [
    "GATEHOUSE_LAMBDA_SETTINGS",
    "GATEHOUSE_LAMBDA_SETTINGS changes how the local stack runs a function; it cannot be declared here",
  ],
];

test.each(refused)("refuses %s as a variable of a function's own", (name, message) => {
  expect(() => requireOwnVariables({ GATEHOUSE_EDGE_ROLE: "guard", [name]: "x" })).toThrow(
    new TypeError(message),
  );
});

test("takes other names", () => {
  expect(() =>
    requireOwnVariables({ GATEHOUSE_EDGE_ROLE: "guard", TZ: "Europe/Berlin" }),
  ).not.toThrow();
});

test("the variables are Lambda's reserved ones, the declared ones, and no others", async () => {
  const facts = await processOf(
    await runFixture({ environment: { GATEHOUSE_EDGE_ROLE: "guard" } }),
  );
  const {
    AWS_LAMBDA_RUNTIME_API,
    AWS_LAMBDA_LOG_STREAM_NAME,
    _X_AMZN_TRACE_ID,
    LAMBDA_RUNTIME_DIR = "",
    ...fixed
  } = facts.variables;
  const [task, runtime] = [fixture("modules"), LAMBDA_RUNTIME_DIR];
  expect(fixed).toEqual({
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "session",
    AWS_REGION: "eu-west-3",
    AWS_DEFAULT_REGION: "eu-west-3",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: "fixture",
    AWS_LAMBDA_FUNCTION_VERSION: "7",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/fixture",
    LAMBDA_TASK_ROOT: fixture("modules"),
    _HANDLER: "lambda.handler",
    TZ: ":UTC",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    LANG: "en_US.UTF-8",
    LD_LIBRARY_PATH: `/var/lang/lib:/lib64:/usr/lib64:${runtime}:${runtime}/lib:${task}:${task}/lib:/opt/lib`,
    NODE_PATH: `/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:${runtime}/node_modules:${runtime}:${task}`,
    PWD: task,
    SHLVL: "0",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.79.129:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "169.254.79.129",
    _AWS_XRAY_DAEMON_PORT: "2000",
    GATEHOUSE_EDGE_ROLE: "guard",
  });
  expect(AWS_LAMBDA_RUNTIME_API).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(AWS_LAMBDA_LOG_STREAM_NAME).toMatch(/^\d{4}\/\d\d\/\d\d\/\[7\][0-9a-f]{32}$/);
  expect(_X_AMZN_TRACE_ID).toMatch(
    /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
  );
  expect(LAMBDA_RUNTIME_DIR).toMatch(/aws-lambda-ric$/);
  expect(facts).toMatchObject({
    directory: fixture("modules"),
    version: process.version,
  });
});

test("in a log group of its own, the stream's name has the function's", async () => {
  const { variables } = await processOf(await runFixture({ logGroup: "/gatehouse/app/dev/guard" }));
  expect(variables["AWS_LAMBDA_LOG_GROUP_NAME"]).toBe("/gatehouse/app/dev/guard");
  expect(variables["AWS_LAMBDA_LOG_STREAM_NAME"]).toMatch(
    /^\d{4}\/\d\d\/\d\d\/fixture\[7\][0-9a-f]{32}$/,
  );
});
