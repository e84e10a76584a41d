import { apiEnvironment } from "@sst-gatehouse/blueprint/api-function";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import { firstGate, type Gate } from "@sst-gatehouse/blueprint/gate";
import { backendRevocation } from "@sst-gatehouse/blueprint/make-guard-settings";
import { requireProtect } from "@sst-gatehouse/deploy/require-protect";

import { createGateContext, type GateContext } from "./gate-context.ts";

/**
 * What puts a function behind a gate, on top of the function's own arguments: a Function URL that only IAM opens, and
 * what its code must be told to know the guard.
 *
 * `new sst.aws.Function("Api", lock(gate, { handler: "src/index.handler", link: [bucket] }))`
 *
 * @param name of the gate, where an app has several.
 */
export function lock<Args extends sst.aws.FunctionArgs>(
  gate: Pick<Gate, "app" | "access" | "stages">,
  args: Args,
  name: string = firstGate,
): Args {
  return lockedFor(createGateContext(name, gate), args);
}

/** The same for a gate whose context is known. */
export function lockedFor<Args extends sst.aws.FunctionArgs>(
  { owner, stage, region, accountId, partition, prefix }: Omit<GateContext, "parent">,
  args: Args,
): Args {
  // SST's live bridge answers whole, and the runtime on a developer's machine has no response streams.
  const streaming = $output(args.streaming ?? true).apply(
    (own) => own && !$dev && stage.streaming !== "off",
  );
  const revocation = backendRevocation(stage, prefix);
  return {
    ...args,
    streaming,
    url: { authorization: "iam", cors: false },
    environment: $util.all([args.environment ?? {}, streaming]).apply(([own, streams]) => ({
      ...own,
      [apiEnvironment.edgeAccount]: accountId,
      [apiEnvironment.edgeRole]: edgeRoleName(owner, $app.stage, region),
      [apiEnvironment.corsOrigins]: JSON.stringify(stage.corsOrigins),
      [apiEnvironment.streaming]: streams ? stage.streaming : "off",
      ...(revocation && { [apiEnvironment.revocation]: JSON.stringify(revocation) }),
    })),
    ...(revocation && {
      permissions: $output(args.permissions ?? []).apply((permissions) => [
        ...permissions,
        {
          actions: ["ssm:GetParameters"],
          resources: ["", "/*"].map(
            (more) =>
              $interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter${revocation.list}${more}`,
          ),
        },
      ]),
      hook: {
        async postbuild(directory: string) {
          await args.hook?.postbuild?.(directory);
          await requireProtect(directory);
        },
      },
    }),
    transform: {
      ...args.transform,
      role: (role, options, roleName) => {
        const own = args.transform?.role;
        if (typeof own === "function") own(role, options, roleName);
        else Object.assign(role, own);
        // SST also trusts the whole account, which only the live bridge of `sst dev` needs.
        if (!$dev) {
          role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({
            Service: "lambda.amazonaws.com",
          });
        }
      },
    },
  };
}
