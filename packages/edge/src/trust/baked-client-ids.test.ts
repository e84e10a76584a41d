import { expect, test } from "vitest";

import { guardSettings } from "../../test/events.ts";
import { bakedClientIds, isBaked } from "./baked-client-ids.ts";

test("a guard is baked when neither keys nor client ids are left to Parameter Store", () => {
  const { jwks: _jwks, ...withoutKeys } = guardSettings;
  const { clients: _clients, ...withoutClients } = guardSettings;
  expect([guardSettings, withoutKeys, withoutClients].map(isBaked)).toEqual([true, false, false]);
});

test("baked settings are there at once and never change", () => {
  const clients = guardSettings.clients ?? {};
  const clientIds = bakedClientIds(clients);
  expect([clientIds.ready(), clientIds.clients(), clientIds.generation]).toEqual([
    undefined,
    clients,
    0,
  ]);
  expect(clientIds.refreshWhenOld()).toBeUndefined();
});
