import { apiEnvironment, apiFunction } from "@sst-gatehouse/blueprint/api-function";
import { backendRevocation } from "@sst-gatehouse/blueprint/make-guard-settings";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import { requireProtect } from "@sst-gatehouse/deploy/require-protect";

import { accountId, partition, prefix, region, runtime, stage } from "./stage.ts";

export interface BackendFunctionOptions {
  /** `<file without ending>.<export>`, from the root. */
  readonly handler: string;
  /** Whether it streams where the stage does. `protect` can do either; `protectHandler` and `protectBuffered` do not stream. */
  readonly streaming: boolean;
  /** Whether it is the app's own, which looks up ended sign-ins where the stage says so. */
  readonly own?: boolean;
}

/** A function behind the guard: a Function URL that only IAM opens, and what its code must be told to know the guard. */
export function createBackendFunction(
  name: string,
  { handler, streaming, own = false }: BackendFunctionOptions,
): sst.aws.Function {
  const streams = streaming && stage.streaming !== "off";
  const revocation = own ? backendRevocation(stage, prefix) : undefined;
  return new sst.aws.Function(name, {
    handler,
    streaming: streams,
    url: { authorization: "iam", cors: false },
    // SST 3 knows none that is newer. With SST 4 the newest is what it takes by itself, and a rule holds it.
    ...(runtime === "nodejs22.x" && { runtime }),
    architecture: apiFunction.architecture,
    memory: `${stage.apiMemoryMb} MB`,
    timeout: `${stage.apiTimeoutSeconds} seconds`,
    logging: { retention: "1 month", format: "json" },
    nodejs: { minify: true },
    environment: {
      [apiEnvironment.edgeAccount]: accountId,
      [apiEnvironment.edgeRole]: edgeRoleName($app.name, $app.stage, region),
      [apiEnvironment.corsOrigins]: JSON.stringify(stage.corsOrigins),
      [apiEnvironment.streaming]: streams ? stage.streaming : "off",
      ...(revocation && { [apiEnvironment.revocation]: JSON.stringify(revocation) }),
    },
    ...(revocation && {
      permissions: [
        {
          actions: ["ssm:GetParameters"],
          resources: ["", "/*"].map(
            (more) =>
              $interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter${revocation.list}${more}`,
          ),
        },
      ],
      hook: { postbuild: requireProtect },
    }),
    transform: {
      role: (args) => {
        // SST also trusts the whole account, which only the live bridge of `sst dev` needs.
        if (!$dev) {
          args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({
            Service: "lambda.amazonaws.com",
          });
        }
      },
    },
  });
}
