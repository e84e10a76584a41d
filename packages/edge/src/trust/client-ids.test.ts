import { fixedClock, makeKeyPair, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test, vi } from "vitest";

import { bakedClientIds } from "./baked-client-ids.ts";
import { createClientIds } from "./client-ids.ts";
import { machineClient, guardSettings, webClient } from "../../test/events.ts";

const { clients: _clients, ...withoutClients } = guardSettings;
const { jwks: _jwks, ...withoutBoth } = withoutClients;
const { jwks: _keys, ...withoutKeys } = guardSettings;
const foreignKeys = { keys: [publicJwk(makeKeyPair())] };
const complete = {
  "clients/web": webClient,
  "clients/machine": machineClient,
  jwks: JSON.stringify(guardSettings.jwks),
};

function setUp(
  from: Parameters<typeof createClientIds>[0],
  answer: () => Promise<Readonly<Record<string, string>>>,
) {
  const clock = fixedClock();
  const loadParameters = vi.fn<typeof answer>(answer);
  const adopted: unknown[] = [];
  const clientIds = createClientIds(from, {
    loadParameters,
    adoptKeys: (keys) => adopted.push(keys),
    now: clock.now,
    log: () => undefined,
  });
  return { clientIds, loadParameters, clock, adopted };
}

describe("settings", () => {
  test("with everything baked nothing is waited for, asked for or changed", () => {
    const clientIds = bakedClientIds(guardSettings.clients ?? {});
    expect(clientIds.ready()).toBe(undefined);
    expect(clientIds.refreshWhenOld()).toBe(undefined);
    expect(clientIds.clients()).toEqual(guardSettings.clients);
  });

  test("without a snapshot one call brings everything, shared by all who wait", async () => {
    const { clientIds, loadParameters, adopted } = setUp(withoutBoth, async () => complete);
    expect(clientIds.clients()).toEqual({});
    await Promise.all([clientIds.ready(), clientIds.ready(), clientIds.ready()]);
    expect(loadParameters).toHaveBeenCalledTimes(1);
    expect(clientIds.clients()).toEqual(guardSettings.clients);
    expect(adopted).toEqual([guardSettings.jwks?.keys]);
    expect(clientIds.ready()).toBe(undefined);
  });

  test("says 503 while Parameter Store is away, tries again after two seconds, and does not remember the failure", async () => {
    let down = true;
    const { clientIds, loadParameters, clock } = setUp(withoutClients, async () => {
      if (down) throw new Error("away");
      return complete;
    });
    await expect(clientIds.ready()).rejects.toMatchObject({ code: "settings_unavailable" });
    await expect(clientIds.ready()).rejects.toMatchObject({ code: "settings_unavailable" });
    expect(loadParameters).toHaveBeenCalledTimes(1);
    down = false;
    clock.advance(2);
    await clientIds.ready();
    expect(clientIds.clients()).toEqual(guardSettings.clients);
  });

  test("refreshes ids from Parameter Store in the background, and keeps the last good ones when that fails", async () => {
    let answer: Readonly<Record<string, string>> = complete;
    const { clientIds, loadParameters, clock } = setUp(withoutClients, async () => answer);
    await clientIds.ready();
    const before = clientIds.generation;
    clientIds.refreshWhenOld();
    expect(loadParameters).toHaveBeenCalledTimes(1);

    answer = { ...complete, "clients/web": "3anotherwebclientanother3" };
    clock.advance(300);
    clientIds.refreshWhenOld();
    await vi.waitFor(() => expect(clientIds.generation).toBe(before + 1));
    expect(Object.keys(clientIds.clients())).toEqual(["3anotherwebclientanother3", machineClient]);

    answer = {};
    clock.advance(300);
    clientIds.refreshWhenOld();
    await vi.waitFor(() => expect(loadParameters).toHaveBeenCalledTimes(3));
    expect(Object.keys(clientIds.clients())).toEqual(["3anotherwebclientanother3", machineClient]);
  });

  test("a key set from Parameter Store is not taken where one is baked", async () => {
    const { clientIds, adopted } = setUp(withoutClients, async () => ({
      ...complete,
      jwks: JSON.stringify(foreignKeys),
    }));
    await clientIds.ready();
    expect(adopted).toEqual([]);
  });

  test("client ids from Parameter Store are not taken where they are baked, though the keys are not", async () => {
    const { clientIds, adopted } = setUp(withoutKeys, async () => ({
      ...complete,
      "clients/web": "9evilclientevilclientevil9",
    }));
    await clientIds.ready();
    expect(clientIds.clients()).toEqual(guardSettings.clients);
    expect(adopted).toEqual([guardSettings.jwks?.keys]);
  });

  test("a loader that throws at once is tried again, too", async () => {
    const { clientIds, loadParameters, clock } = setUp(withoutClients, () => {
      throw new Error("no such file");
    });
    await expect(clientIds.ready()).rejects.toMatchObject({ code: "settings_unavailable" });
    clock.advance(2);
    await expect(clientIds.ready()).rejects.toMatchObject({ code: "settings_unavailable" });
    expect(loadParameters).toHaveBeenCalledTimes(2);
  });

  const hostile: [why: string, parameters: Readonly<Record<string, string>>][] = [
    ["nothing is there", {}],
    ["a client is missing", { ...complete, "clients/machine": "" }],
    ["a client id holds anything else", { ...complete, "clients/web": "*" }],
    ["an id is a list", { ...complete, "clients/web": `${webClient},${machineClient}` }],
    ["one id stands for both", { ...complete, "clients/web": machineClient }],
    ["the key set is null", { ...complete, jwks: "null" }],
    ["the key set is empty", { ...complete, jwks: '{"keys":[]}' }],
    ["the key set is not JSON", { ...complete, jwks: "{" }],
  ];
  test.each(hostile)("refuses with 503 when %s", async (_why, parameters) => {
    const { clientIds } = setUp(withoutBoth, async () => parameters);
    await expect(clientIds.ready()).rejects.toMatchObject({ code: "settings_unavailable" });
    expect(clientIds.clients()).toEqual({});
  });
});
