import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { createSealedSessions, type SealedSessions } from "@sst-gatehouse/edge/sealed-session";

import { sample } from "../sample/sample.ts";

/** Seals and opens sessions as the guard of a stack does. */
export function sessionsOf(sealing: SealingKeys): SealedSessions {
  const prefix = `/gatehouse/${sample.gate.app.name}/local`;
  return createSealedSessions(sealing, `__Host-Http-gatehouse-session ${prefix}`);
}
