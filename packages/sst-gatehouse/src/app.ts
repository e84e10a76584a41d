import type { Gate } from "@sst-gatehouse/blueprint/gate";
import { isProduction } from "@sst-gatehouse/blueprint/stages";

/** The first version of the AWS provider that knows refresh-token rotation. It is newer than the one SST 3 brings. */
const awsProvider = "6.83.4";

export interface GatehouseAppOptions {
  /** As SST gives it to `app()`. */
  readonly stage: string;
  /** The gate. SST shows no error from `app()`: one that refuses itself is met again in `run()`, which does. */
  readonly gate: Promise<{ readonly gate: Pick<Gate, "app"> }>;
}

/**
 * What `app()` in `sst.config.ts` returns: the app's name and region, and production kept from being removed.
 *
 * `app()` runs alone, before `aws`, `sst` and `$util` exist; so this has an entry of its own.
 */
export async function gatehouseApp({ stage, gate }: GatehouseAppOptions) {
  const invalid = { app: { name: "gate-ts-is-invalid", region: "us-east-1" } };
  const { app } = await gate.then((module) => module.gate).catch(() => invalid);
  const production = isProduction(stage);
  return {
    name: app.name,
    home: "aws" as const,
    removal: production ? ("retain" as const) : ("remove" as const),
    protect: production,
    // SST's types list the regions; `defineGate` has checked this one.
    providers: { aws: { version: awsProvider, region: app.region as "us-east-1" } }, // oxlint-disable-line typescript/no-unsafe-type-assertion
  };
}
