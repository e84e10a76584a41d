import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import { appClientNames, type ClientIds, idOf } from "@sst-gatehouse/blueprint/app-clients";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import { signInClient, signInUrl } from "@sst-gatehouse/blueprint/sign-in-url";
import {
  clientIdsOfLastDeploy as stillKnown,
  staleGuard,
} from "@sst-gatehouse/deploy/baked-client-ids";
import { createStageOutputs, parseStageOutputs } from "@sst-gatehouse/deploy/stage-outputs";

import { api } from "./api.ts";
import { prefix, region, stage } from "./stage.ts";
import { hostedOrigin, users } from "./users.ts";

/** What the last deploy of this stage wrote to Parameter Store; nothing before the first. */
const lastOutputs = aws.ssm
  .getParametersByPathOutput({ path: prefix, recursive: true })
  .apply(({ names, values }) => {
    const text = values[names.indexOf(`${prefix}/${parameterNames.outputs}`)];
    try {
      return text === undefined ? undefined : parseStageOutputs(text);
    } catch {
      return undefined; // not what this version writes: as on the first deploy; this deploy writes it again
    }
  });

/** The client ids as the last deploy left them, where they still hold. They are not secret. */
export const clientIdsOfLastDeploy = $util.unsecret(
  $util
    .all([lastOutputs, users.id])
    .apply(([outputs, userPoolId]) => stillKnown(outputs, userPoolId, stage)),
);

export interface SettingsSource {
  readonly appUrl: $util.Output<string>;
  readonly clients: $util.Output<ClientIds>;
  readonly guard: aws.lambda.Function;
  readonly cdn: sst.aws.Router;
  /** What the guard was made with. */
  readonly baked: $util.Output<ClientIds | undefined>;
}

interface ParameterOptions extends $util.CustomResourceOptions {
  readonly overwrite?: false;
}

/**
 * Writes down what this deploy made: the client ids, for a guard that was made before them, and the outputs, for people
 * and for the next deploy. And the list of ended sign-ins, once.
 *
 * @returns what SST prints.
 */
export function createSettings({ appUrl, clients, guard, cdn, baked }: SettingsSource) {
  const write = (
    component: string,
    name: string,
    value: $util.Input<string>,
    { overwrite, ...options }: ParameterOptions = {},
  ) =>
    new aws.ssm.Parameter(
      component,
      { name: `${prefix}/${name}`, type: "String", value, overwrite },
      options,
    );

  for (const name of appClientNames(stage)) {
    const id = clients.apply((ids) => idOf(ids, name));
    write(`Parameter-${name}-client`, parameterNames.client(name), id);
  }
  // The first deploy writes the empty list, and no later one touches it: that would let everybody in again. A stage that
  // turns `revocation` off keeps the list: until the new guard is everywhere, the old one still reads it.
  write("Parameter-revoked", parameterNames.revoked, noRevocations, {
    ignoreChanges: ["value"],
    // What is ignored, the engine sends again from its state with any other change. AWS refuses that then.
    overwrite: false,
  });
  const outputs = $util
    .all([appUrl, api.url, users.id, hostedOrigin, clients])
    .apply(([app, functionUrl, userPoolId, hosted, ids]) => {
      const name = signInClient(stage);
      return createStageOutputs({
        appUrl: app,
        signInUrl: signInUrl(name, idOf(ids, name), {
          hostedOrigin: hosted,
          callbackUrl: `${app}${callbackPath}`,
        }),
        functionUrl,
        region,
        edgeRegion: guardFunction.region,
        userPoolId,
        clients: {
          web: { id: ids.web },
          machine: { id: ids.machine },
          ...(ids.walkthrough === undefined ? {} : { walkthrough: { id: ids.walkthrough } }),
        },
      });
    });
  write("Parameter-outputs", parameterNames.outputs, outputs.apply(JSON.stringify));
  // Only once the distribution has this version: `pnpm sweep` takes older ones to be unused.
  write("Parameter-guard", parameterNames.guard, guard.qualifiedArn, { dependsOn: cdn });
  return {
    appUrl,
    signInUrl: outputs.signInUrl,
    functionUrl: outputs.functionUrl,
    region,
    userPoolId: users.id,
    webClientId: clients.web,
    machineClientId: clients.machine,
    note: $util
      .all([baked, clients])
      .apply(([known, made]) => staleGuard(appClientNames(stage), known, made)),
  };
}
