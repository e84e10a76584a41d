import { accessClaims, fixedClock, mint } from "@sst-gatehouse/testkit/tokens";
import { expect, test } from "vitest";

import { accessKey, issuer, snapshot, webClient } from "../../test/events.ts";
import { createCurrentVerifier } from "./current-verifier.ts";

function setUp() {
  const { now } = fixedClock();
  const settings = { generation: 0, clients: () => snapshot.clients ?? {} };
  let generation = 0;
  const keys = {
    current: () => ({ generation, keys: snapshot.jwks?.keys ?? [] }),
    refetch: async () => undefined,
  };
  const verifier = createCurrentVerifier({ issuers: [issuer], settings, keys, now });
  const token = mint({
    key: accessKey,
    claims: accessClaims({ issuer, clientId: webClient, now: now() }),
  });
  return { verifier, settings, token, now, replaceKeys: () => (generation += 1) };
}

test("the generation changes with the clients and with the keys, and never comes back", () => {
  const { verifier, settings, replaceKeys } = setUp();
  const seen = [verifier.generation()];
  expect(verifier.generation()).toBe(seen[0]);
  settings.generation = 1;
  seen.push(verifier.generation());
  replaceKeys();
  seen.push(verifier.generation());
  for (let more = 2; more < 12; more += 1) {
    settings.generation = more;
    seen.push(verifier.generation());
    replaceKeys();
    seen.push(verifier.generation());
  }
  expect(new Set(seen).size).toBe(seen.length);
});

test("clients that were replaced are not accepted any more", async () => {
  const { verifier, settings, token } = setUp();
  expect(await verifier.verify(token)).toMatchObject({ clientId: webClient });
  settings.clients = () => ({});
  settings.generation = 1;
  await expect(verifier.verify(token)).rejects.toMatchObject({ code: "token_client" });
});

test("an expired token can be judged by the time of its issue", async () => {
  const { verifier, token, now } = setUp();
  await expect(verifier.verify(token, now() + 3600)).rejects.toMatchObject({
    code: "token_expired",
  });
  expect(await verifier.verify(token, now() + 3599)).toMatchObject({ clientId: webClient });
});
