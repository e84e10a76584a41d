import { awsProviderVersion } from "@sst-gatehouse/blueprint/aws-provider";
import type { Gate } from "@sst-gatehouse/blueprint/gate";
import { isProduction } from "@sst-gatehouse/blueprint/stages";

export interface GatehouseAppOptions {
  /** As SST gives it to `app()`. */
  readonly stage: string;
  /** The gate. SST shows no error from `app()`: one that refuses itself is met again in `run()`, which does. */
  readonly gate: Promise<{ readonly gate: Pick<Gate, "app"> }>;
  /** Of SST: 4 brings a provider of AWS that is new enough, 3 is told which to take. 3 when left out. */
  readonly sst?: 3 | 4;
}

/**
 * What `app()` in `sst.config.ts` returns: the app's name and region, and production kept from being removed.
 *
 * `app()` runs alone, before `aws`, `sst` and `$util` exist; so this has an entry of its own.
 */
export async function gatehouseApp({ stage, gate, sst = 3 }: GatehouseAppOptions) {
  const invalid = { app: { name: "gate-ts-is-invalid", region: "us-east-1" } };
  const { app } = await gate.then((module) => module.gate).catch(() => invalid);
  const production = isProduction(stage);
  return {
    name: app.name,
    home: "aws" as const,
    removal: production ? ("retain" as const) : ("remove" as const),
    protect: production,
    providers: {
      aws: {
        ...(sst === 3 ? { version: awsProviderVersion } : {}),
        // SST's types list the regions; `defineGate` has checked this one.
        region: app.region as "us-east-1", // oxlint-disable-line typescript/no-unsafe-type-assertion
      },
    },
  };
}
