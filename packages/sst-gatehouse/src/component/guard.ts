import type { ClientIds } from "@sst-gatehouse/blueprint/app-clients";
import { edgeRoleName, edgeRolePolicy, edgeRoleTrust } from "@sst-gatehouse/blueprint/edge-role";
import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { guardFunction, guardLogGroup, guardName } from "@sst-gatehouse/blueprint/guard-function";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { makeGuardArtifact } from "@sst-gatehouse/deploy/guard-artifact";
import { fetchKeySet } from "@sst-gatehouse/deploy/key-set";
import { makeGuardSettings } from "@sst-gatehouse/blueprint/make-guard-settings";

import type { GatedFunction } from "./backends.ts";
import type { GateContext } from "./gate-context.ts";
import type { OwnDomain } from "./own-domain.ts";
import type { GatedSite } from "./site.ts";
import type { Users } from "./users.ts";

export interface GuardSource {
  readonly backends: readonly GatedFunction[];
  readonly site: GatedSite | undefined;
  readonly users: Users;
  readonly access: GateAccess;
  readonly sealing: $util.Output<SealingKeys>;
  /** Where they are known before the guard is made. */
  readonly clientIds: $util.Output<ClientIds | undefined>;
  readonly domain: OwnDomain | undefined;
  readonly usEast1: aws.Provider;
}

/**
 * The Lambda@Edge guard, published.
 *
 * A plain Lambda function: SST's own has an environment and trusts more than Lambda@Edge allows.
 */
export function createGuard(
  { parent, name, owner, stage, region, prefix, named, runtime, accountId, partition }: GateContext,
  { backends, site, users, access, sealing, clientIds, domain, usEast1 }: GuardSource,
): aws.lambda.Function {
  const arns = $util.all(backends.map((backend) => backend.function.arn));
  const urls = $util.all(backends.map(({ url }) => url));
  const logGroup = guardLogGroup(owner, stage.name);
  const role = new aws.iam.Role(
    `${name}GuardRole`,
    {
      // The backend believes this name; it is not generated, so that the backend can exist before the role.
      name: edgeRoleName(owner, stage.name, region),
      assumeRolePolicy: JSON.stringify(edgeRoleTrust),
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}GuardPolicy`,
    {
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
    },
    { parent },
  );
  const made = $util
    .all([
      urls,
      users.id,
      users.hostedOrigin,
      clientIds,
      sealing,
      domain?.name,
      site?.bucket.bucketRegionalDomainName,
    ])
    .apply(async ([functionUrls, userPoolId, hostedOrigin, ids, keys, host, bucketHost]) => {
      const settings = makeGuardSettings({
        stage: { ...stage, domain: host },
        region,
        prefix,
        functionUrls,
        ...(bucketHost && {
          site: { host: bucketHost, ...(site?.fallback && { fallback: site.fallback }) },
        }),
        userPoolId,
        keys: await fetchKeySet({ region, userPoolId, environment: process.env }),
        hostedOrigin,
        clientIds: ids,
      });
      const outdir = `${$cli.paths.work}/artifacts/${name}Guard-src`;
      await makeGuardArtifact($cli.paths.root, outdir, { settings, access, sealing: keys });
      return new $util.asset.FileArchive(outdir);
    });
  // The keys are in a file of it. The engine would call all of it a secret, and show and compare nothing.
  const code = $util.unsecret(made);
  return new aws.lambda.Function(
    // The provider adds seven letters: a fixed name would block the next deploy of a removed stage.
    guardName(owner, stage.name),
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
    { parent, provider: usEast1, dependsOn: policy },
  );
}
