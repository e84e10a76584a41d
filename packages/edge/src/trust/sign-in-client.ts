import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import type { ClientTable } from "./client-ids.ts";

/** The id of the app client that browser sessions belong to; `undefined` where the stage has no hosted sign-in. */
export function signInClientId(
  signIn: GuardSettings["signIn"],
  clients: ClientTable,
): string | undefined {
  return Object.entries(clients).find(([, { name }]) => name === signIn?.client)?.[0];
}
