import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";

import type { GateContext } from "./gate-context.ts";

// Not with the imports above: SST reads the config once before its platform, which has this package, is installed.
const { RandomBytes } = await import("@pulumi/random");

/** The keys that the guard seals sessions with. Each stays in the stage's state for as long as stages.ts names it. */
export function createSealingKeys({
  parent,
  name: gate,
  stage,
}: GateContext): $util.Output<SealingKeys> {
  const keys = stage.sealingKeys.map(
    (name) => new RandomBytes(`${gate}SealingKey-${name}`, { length: 32 }, { parent }).base64,
  );
  return $util.all(keys).apply((made) => ({ keys: made }));
}
