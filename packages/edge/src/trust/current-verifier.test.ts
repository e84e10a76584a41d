import {
  accessKey,
  guardSettings,
  idKey,
  issuer,
  webClient,
} from "@sst-gatehouse/blueprint/test/guard-settings";
import { accessClaims, fixedClock, mint, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { bakedSettings } from "./baked-client-ids.ts";
import { createCurrentVerifier } from "./current-verifier.ts";
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
  const settings = bakedSettings(guardSettings.clients ?? {});
  const { verify } = createCurrentVerifier({ issuers: [issuer], settings, keys, now: clock.now });
  const claims = accessClaims({ issuer, clientId: webClient, now: clock.now() });
  return { verify, claims, fetches: () => fetches };
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
