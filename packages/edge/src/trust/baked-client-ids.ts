import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import type { ClientTable, Settings } from "./client-ids.ts";

/** A guard that needs nothing of Parameter Store to know whom it believes. */
export type Baked = GuardSettings & Required<Pick<GuardSettings, "clients" | "jwks">>;

/** Whether keys and client ids are both in the settings file. If one is missing, Parameter Store is read for it. */
export function isBaked(snapshot: GuardSettings): snapshot is Baked {
  return snapshot.clients !== undefined && snapshot.jwks !== undefined;
}

/** The settings of a guard that has all of them baked in: nobody waits, and Parameter Store changes nothing. */
export function bakedSettings(clients: ClientTable): Settings {
  return {
    generation: 0,
    clients: () => clients,
    ready: () => undefined,
    refreshWhenOld: () => undefined,
  };
}
