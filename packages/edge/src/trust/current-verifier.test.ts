import {
  accessKey,
  guardSettings,
  idKey,
  issuer,
  webClient,
} from "@sst-gatehouse/blueprint/test/guard-settings";
import type { Verify } from "@sst-gatehouse/core/verifier";
import { accessClaims, fixedClock, mint, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { bakedClientIds } from "./baked-client-ids.ts";
import { type CurrentVerifier, createCurrentVerifier } from "./current-verifier.ts";
import { createKeySet } from "./key-set.ts";

/** A verifier over a key set that knows one key and is given another answer when it asks for more. */
function setUp(answer: readonly object[]) {
  const clock = fixedClock();
  const known = publicJwk(accessKey);
  let fetches = 0;
  const keys = createKeySet(
    { keys: [known], fetchedAt: clock.now() },
    {
      fetch: async () => {
        fetches += 1;
        return { keys: answer };
      },
      now: clock.now,
      log: () => undefined,
    },
  );
  const clientIds = bakedClientIds(guardSettings.clients ?? {});
  const verifier = createCurrentVerifier({
    claims: undefined,
    issuers: [issuer],
    clientIds,
    clientOf: undefined,
    keys,
    now: clock.now,
  });
  const claims = accessClaims({ issuer, clientId: webClient, now: clock.now() });
  return { verify: asking(verifier), claims, fetches: () => fetches };
}

/** What is thrown at once is as good a refusal as a promise that is rejected. */
function asking({ verify }: CurrentVerifier) {
  return async (...asked: Parameters<Verify>) => verify(...asked);
}

describe("a key that cannot be imported, or is for something else, is no key, and takes no other with it", () => {
  const known = publicJwk(accessKey);
  const odd = { ...known, kid: "odd" };
  const strange: [what: string, key: object][] = [
    ["no modulus", { ...odd, n: "" }],
    ["1024 bits", { ...odd, n: known.n.slice(0, 171) }],
    ["the exponent 1", { ...odd, e: "AQ" }],
    ["no base64url", { ...odd, n: "!".repeat(342) }],
    ["for encryption", { ...odd, use: "enc" }],
    ["for RS512", { ...odd, alg: "RS512" }],
    ["symmetric", { ...odd, kty: "oct", k: "AAAA" }],
  ];
  test.each(strange)("%s", async (_what, key) => {
    const { verify, claims, fetches } = setUp([key, known]);
    await expect(verify(mint({ key: accessKey, kid: "odd", claims }))).rejects.toMatchObject({
      code: "keys_unavailable",
    });
    expect(fetches()).toBe(1);
    expect(await verify(mint({ key: accessKey, claims }))).toMatchObject({ kid: accessKey.kid });
  });

  test("a sound one is taken", async () => {
    const { verify, claims, fetches } = setUp([publicJwk(idKey), known]);
    expect(await verify(mint({ key: idKey, claims }))).toMatchObject({ kid: idKey.kid });
    expect(fetches()).toBe(1);
  });
});

/** A verifier whose clients and key set can be replaced. */
function setUpReplaceable() {
  const { now } = fixedClock();
  const clientIds = { generation: 0, clients: () => guardSettings.clients ?? {} };
  let generation = 0;
  const keys = {
    current: () => ({ generation, keys: guardSettings.jwks?.keys ?? [] }),
    refetch: async () => undefined,
  };
  const verifier = createCurrentVerifier({
    claims: undefined,
    issuers: [issuer],
    clientIds,
    clientOf: undefined,
    keys,
    now,
  });
  const token = mint({
    key: accessKey,
    claims: accessClaims({ issuer, clientId: webClient, now: now() }),
  });
  return {
    verifier,
    verify: asking(verifier),
    clientIds,
    token,
    now,
    replaceKeys: () => (generation += 1),
  };
}

test("the generation changes with the clients and with the keys, and never comes back", () => {
  const { verifier, clientIds, replaceKeys } = setUpReplaceable();
  const seen = [verifier.generation()];
  expect(verifier.generation()).toBe(seen[0]);
  clientIds.generation = 1;
  seen.push(verifier.generation());
  replaceKeys();
  seen.push(verifier.generation());
  for (let more = 2; more < 12; more += 1) {
    clientIds.generation = more;
    seen.push(verifier.generation());
    replaceKeys();
    seen.push(verifier.generation());
  }
  expect(new Set(seen).size).toBe(seen.length);
});

test("clients that were replaced are not accepted any more", async () => {
  const { verify, clientIds, token } = setUpReplaceable();
  expect(await verify(token)).toMatchObject({ clientId: webClient });
  clientIds.clients = () => ({});
  clientIds.generation = 1;
  await expect(verify(token)).rejects.toMatchObject({ code: "token_client" });
});

test("an expired token can be judged by the time of its issue", async () => {
  const { verify, token, now } = setUpReplaceable();
  await expect(verify(token, now() + 3600)).rejects.toMatchObject({
    code: "token_expired",
  });
  expect(await verify(token, now() + 3599)).toMatchObject({ clientId: webClient });
});
