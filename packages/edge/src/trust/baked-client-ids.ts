import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import type { ClientTable, ClientIdSource } from "./client-ids.ts";

/** A guard that needs nothing of Parameter Store to know whom it believes. */
export type Baked = GuardSettings & Required<Pick<GuardSettings, "clients" | "jwks">>;

/** Whether keys and client ids are both in the settings file. If one is missing, Parameter Store is read for it. */
export function isBaked(settings: GuardSettings): settings is Baked {
  return settings.clients !== undefined && settings.jwks !== undefined;
}

/** The settings of a guard that has all of them baked in: nobody waits, and Parameter Store changes nothing. */
export function bakedClientIds(clients: ClientTable): ClientIdSource {
  return {
    generation: 0,
    clients: () => clients,
    ready: () => undefined,
    refreshWhenOld: () => undefined,
  };
}
