import { expect, test } from "vitest";

import { snapshot } from "../../test/events.ts";
import { bakedSettings, isBaked } from "./baked-client-ids.ts";

test("a guard is baked when neither keys nor client ids are left to Parameter Store", () => {
  const { jwks: _jwks, ...withoutKeys } = snapshot;
  const { clients: _clients, ...withoutClients } = snapshot;
  expect([snapshot, withoutKeys, withoutClients].map(isBaked)).toEqual([true, false, false]);
});

test("baked settings are there at once and never change", () => {
  const clients = snapshot.clients ?? {};
  const settings = bakedSettings(clients);
  expect([settings.ready(), settings.clients(), settings.generation]).toEqual([
    undefined,
    clients,
    0,
  ]);
  expect(settings.refreshWhenOld()).toBeUndefined();
});
