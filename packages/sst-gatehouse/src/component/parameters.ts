import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import {
  appClientNames,
  type ClientIds,
  forClients,
  ofClient,
} from "@sst-gatehouse/blueprint/app-clients";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import { signInClient, signInUrl } from "@sst-gatehouse/blueprint/sign-in-url";
import {
  clientIdsOfLastDeploy as stillKnown,
  staleGuard,
} from "@sst-gatehouse/deploy/baked-client-ids";
import { createStageOutputs, parseStageOutputs } from "@sst-gatehouse/deploy/stage-outputs";

import type { AppClients } from "./app-clients.ts";
import type { GateCdn } from "./cdn.ts";
import type { GatedFunction } from "./backends.ts";
import type { GateContext } from "./gate-context.ts";
import type { Users } from "./users.ts";

/** The client ids as the last deploy of this stage left them, where they still hold; they are not secret. */
export function clientIdsOfLastDeploy(
  { prefix, stage }: GateContext,
  { id }: Users,
): $util.Output<ClientIds | undefined> {
  const lastOutputs = aws.ssm
    // The one secret below the prefix stays as it is stored.
    .getParametersByPathOutput({ path: prefix, recursive: true, withDecryption: false })
    .apply(({ names, values }) => {
      const text = values[names.indexOf(`${prefix}/${parameterNames.outputs}`)];
      try {
        return text === undefined ? undefined : parseStageOutputs(text);
      } catch {
        return undefined; // not what this version writes: as on the first deploy; this deploy writes it again
      }
    });
  return $util.unsecret(
    $util
      .all([lastOutputs, id])
      .apply(([outputs, userPoolId]) => stillKnown(outputs, userPoolId, stage)),
  );
}

export interface ParametersSource {
  readonly appUrl: $util.Output<string>;
  readonly backend: GatedFunction;
  readonly users: Users;
  readonly clients: AppClients;
  readonly guard: aws.lambda.Function;
  readonly cdn: GateCdn;
  /** What the guard was made with. */
  readonly baked: $util.Output<ClientIds | undefined>;
}

interface ParameterOptions extends $util.CustomResourceOptions {
  readonly type?: "String" | "SecureString";
  readonly overwrite?: false;
}

/**
 * Writes down what this deploy made: the client ids, for a guard that was made before them, and the outputs, for people
 * and for the next deploy. And the list of ended sign-ins, once.
 *
 * @returns what SST prints.
 */
export function createParameters(
  { parent, name: gate, prefix, region, stage }: GateContext,
  { appUrl, backend, users, clients, guard, cdn, baked }: ParametersSource,
) {
  const write = (
    component: string,
    name: string,
    value: $util.Input<string>,
    { type = "String", overwrite, ...options }: ParameterOptions = {},
  ) =>
    new aws.ssm.Parameter(
      `${gate}Parameter-${component}`,
      { name: `${prefix}/${name}`, type, value, overwrite },
      { parent, ...options },
    );

  for (const name of appClientNames(stage)) {
    const id = clients.ids.apply((ids) => ofClient(ids, name));
    write(`${name}-client`, parameterNames.client(name), id);
  }
  write("web-client-secret", parameterNames.clientSecret, clients.webSecret, {
    type: "SecureString",
  });
  // The first deploy writes the empty list, and no later one touches it: that would let everybody in again. A stage that
  // turns `revocation` off keeps the list: until the new guard is everywhere, the old one still reads it.
  write("revoked", parameterNames.revoked, noRevocations, {
    ignoreChanges: ["value"],
    // What is ignored, the engine sends again from its state with any other change. AWS refuses that then.
    overwrite: false,
  });
  const outputs = $util
    .all([appUrl, backend.url, users.id, users.hostedOrigin, clients.ids])
    .apply(([app, functionUrl, userPoolId, hostedOrigin, ids]) => {
      const name = signInClient(stage);
      return createStageOutputs({
        appUrl: app,
        signInUrl: signInUrl(name, ofClient(ids, name), {
          hostedOrigin,
          callbackUrl: `${app}${callbackPath}`,
        }),
        functionUrl,
        region,
        edgeRegion: guardFunction.region,
        userPoolId,
        clients: forClients(stage, (client) => ({ id: ofClient(ids, client) })),
      });
    });
  write("outputs", parameterNames.outputs, outputs.apply(JSON.stringify));
  // Only once the distribution has this version: `pnpm sweep` takes older ones to be unused.
  write("guard", parameterNames.guard, guard.qualifiedArn, { dependsOn: cdn });
  return {
    appUrl,
    signInUrl: outputs.signInUrl,
    functionUrl: outputs.functionUrl,
    region,
    userPoolId: users.id,
    webClientId: clients.ids.web,
    ...(stage.machineClient && {
      machineClientId: clients.ids.apply((ids) => ofClient(ids, "machine")),
    }),
    note: $util
      .all([baked, clients.ids])
      .apply(([known, made]) => staleGuard(appClientNames(stage), known, made)),
  };
}
