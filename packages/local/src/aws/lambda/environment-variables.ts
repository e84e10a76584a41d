import { randomBytes } from "node:crypto";

import { settingsVariable, type Settings } from "./child/settings.mjs";
import type { LambdaFunctionOptions } from "./invocation.ts";

/** What Lambda sets itself and refuses in a function's configuration. */
const reservedNames: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/**
 * @throws {TypeError} for a name that Lambda refuses, and for those that would lift the restrictions of the local stack.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function requireOwnVariables(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(environment)) {
    if (!/^[A-Za-z]\w+$/.test(name))
      throw new TypeError(`${name} is not a valid name for a Lambda environment variable`);
    if (reservedNames.has(name))
      throw new TypeError(`Lambda sets ${name} itself; a function cannot declare it`);
    if (
      name === "NODE_OPTIONS" ||
      name === settingsVariable ||
      name === "AWS_LAMBDA_MAX_CONCURRENCY"
    ) {
      throw new TypeError(
        `${name} changes how the local stack runs a function; it cannot be declared here`,
      );
    }
  }
}

/** Where Lambda's own daemon listens. Nothing does here, and the function could not reach it. */
const xrayDaemon = { address: "169.254.79.129", port: "2000" };

/** Everything that an execution environment finds in `process.env`, and nothing of this machine. */
export function createEnvironmentVariables(
  options: LambdaFunctionOptions,
  paths: { readonly taskRoot: string; readonly runtimeDirectory: string },
  settings: Settings,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials();
  const day = new Date(options.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    LD_LIBRARY_PATH: [
      "/var/lang/lib",
      "/lib64",
      "/usr/lib64",
      paths.runtimeDirectory,
      `${paths.runtimeDirectory}/lib`,
      paths.taskRoot,
      `${paths.taskRoot}/lib`,
      "/opt/lib",
    ].join(":"),
    NODE_PATH: [
      "/opt/nodejs/node22/node_modules",
      "/opt/nodejs/node_modules",
      `${paths.runtimeDirectory}/node_modules`,
      paths.runtimeDirectory,
      paths.taskRoot,
    ].join(":"),
    PWD: paths.taskRoot,
    SHLVL: "0",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: `${xrayDaemon.address}:${xrayDaemon.port}`,
    ...options.environment,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: options.name,
    AWS_LAMBDA_FUNCTION_VERSION: options.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: options.logGroup ?? `/aws/lambda/${options.name}`,
    // In a group of several functions the stream names the function too.
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/${options.logGroup === undefined ? "" : options.name}[${options.version}]${randomBytes(16).toString("hex")}`,
    AWS_LAMBDA_RUNTIME_API: `${settings.runtimeApi.host}:${settings.runtimeApi.port}`,
    LAMBDA_TASK_ROOT: paths.taskRoot,
    LAMBDA_RUNTIME_DIR: paths.runtimeDirectory,
    _AWS_XRAY_DAEMON_ADDRESS: xrayDaemon.address,
    _AWS_XRAY_DAEMON_PORT: xrayDaemon.port,
    _HANDLER: options.handler,
    [settingsVariable]: JSON.stringify(settings),
  };
}
