import type { ClientIds } from "@sst-gatehouse/blueprint/app-clients";
import { edgeRoleName, edgeRolePolicy, edgeRoleTrust } from "@sst-gatehouse/blueprint/edge-role";
import { guardFunction, guardLogGroup, guardName } from "@sst-gatehouse/blueprint/guard-function";
import { buildGuardArtifact } from "@sst-gatehouse/deploy/guard-artifact";
import { fetchKeySet } from "@sst-gatehouse/deploy/key-set";
import { makeGuardSettings } from "@sst-gatehouse/blueprint/make-guard-settings";

import { access } from "../access.ts";
import { backends } from "./backends.ts";
import { sealing } from "./sealing-keys.ts";
import { accountId, named, partition, prefix, region, runtime, stage, usEast1 } from "./stage.ts";
import { hostedOrigin, users } from "./users.ts";

/**
 * The Lambda@Edge guard, published.
 *
 * A plain Lambda function: SST's own has an environment and trusts more than Lambda@Edge allows.
 *
 * @param clientIds where they are known before the guard is made.
 */
export function createGuard(clientIds: $util.Output<ClientIds | undefined>): aws.lambda.Function {
  const arns = $util.all(backends.map(({ arn }) => arn));
  const urls = $util.all(backends.map(({ url }) => url));
  const logGroup = guardLogGroup($app.name, $app.stage);
  const role = new aws.iam.Role("GuardRole", {
    // The backend believes this name; it is not generated, so that the backend can exist before the role.
    name: edgeRoleName($app.name, $app.stage, region),
    assumeRolePolicy: JSON.stringify(edgeRoleTrust),
  });
  const policy = new aws.iam.RolePolicy("GuardPolicy", {
    role: role.name,
    policy: $util.all([arns, accountId, partition]).apply(([functionArns, account, aws]) =>
      JSON.stringify(
        edgeRolePolicy({
          functionArns,
          parameterPrefixArn: `arn:${aws}:ssm:${region}:${account}:parameter${prefix}`,
          logGroupArn: `arn:${aws}:logs:*:${account}:log-group:${logGroup}`,
        }),
      ),
    ),
  });
  const made = $util
    .all([urls, users.id, hostedOrigin, clientIds, sealing])
    .apply(async ([functionUrls, userPoolId, hosted, ids, keys]) => {
      const settings = makeGuardSettings({
        stage,
        region,
        prefix,
        functionUrls,
        userPoolId,
        keys: await fetchKeySet({ region, userPoolId, environment: process.env }),
        hostedOrigin: hosted,
        clientIds: ids,
      });
      const outdir = `${$cli.paths.work}/artifacts/Guard-src`;
      return new $util.asset.FileArchive(
        await buildGuardArtifact($cli.paths.root, outdir, { settings, access, sealing: keys }),
      );
    });
  // The keys are in a file of it. The engine would call all of it a secret, and show and compare nothing.
  const code = $util.unsecret(made);
  return new aws.lambda.Function(
    // The provider adds seven letters: a fixed name would block the next deploy of a removed stage.
    guardName($app.name, $app.stage),
    {
      description: `Gatehouse's guard of ${named}: verifies, decides, signs`,
      role: role.arn,
      runtime,
      architectures: [guardFunction.architecture],
      handler: guardFunction.handler,
      memorySize: guardFunction.memoryMb,
      timeout: guardFunction.timeoutSeconds,
      code,
      publish: true,
      // AWS releases replicas hours after the distribution is gone; `pnpm sweep` deletes them then.
      skipDestroy: true,
      // `pnpm sweep` reads a stage's parameters there, and leaves guards of other regions alone.
      tags: { "gatehouse:region": region },
      loggingConfig: {
        logFormat: "JSON",
        applicationLogLevel: guardFunction.logLevel,
        systemLogLevel: guardFunction.logLevel,
        logGroup,
      },
    },
    { provider: usEast1, dependsOn: policy },
  );
}
