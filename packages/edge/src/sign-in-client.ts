import type { Snapshot } from "@gatehouse/blueprint/snapshot";

import type { ClientTable } from "./settings.ts";

/** The id of the app client that browser sessions belong to; `undefined` where the stage has no hosted sign-in. */
export function signInClientId(
  signIn: Snapshot["signIn"],
  clients: ClientTable,
): string | undefined {
  return Object.entries(clients).find(([, { name }]) => name === signIn?.client)?.[0];
}
