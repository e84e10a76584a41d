import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";

import { stage } from "./stage.ts";

// Not with the imports above: SST reads the config once before its platform, which has this package, is installed.
const { RandomBytes } = await import("@pulumi/random");

/** The keys that the guard seals sessions with. Each stays in the stage's state for as long as stages.ts names it. */
export const sealing: $util.Output<SealingKeys> = $util
  .all(
    stage.sealingKeys.map((name) => new RandomBytes(`SealingKey-${name}`, { length: 32 }).base64),
  )
  .apply((keys) => ({ keys }));
