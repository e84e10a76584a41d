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
    LAMBDA_RUNTIME_DIR,
    ...fixed
  } = facts.variables;
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
    GATEHOUSE_EDGE_ROLE: "guard",
  });
  expect(AWS_LAMBDA_RUNTIME_API).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(AWS_LAMBDA_LOG_STREAM_NAME).toMatch(/^\d{4}\/\d\d\/\d\d\/\[7\][0-9a-f]{32}$/);
  expect(_X_AMZN_TRACE_ID).toMatch(/^Root=1-/);
  expect(LAMBDA_RUNTIME_DIR).toMatch(/aws-lambda-ric$/);
  expect(facts).toMatchObject({
    directory: fixture("modules"),
    version: process.version,
  });
});
