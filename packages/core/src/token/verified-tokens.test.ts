import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";

import { GuardError } from "../errors.ts";
import {
  accessClaims,
  fixedClock,
  makeKeyPair,
  mint,
  publicJwk,
} from "@sst-gatehouse/testkit/tokens";
import {
  createVerifiedTokens,
  type VerifiedTokens,
  type VerifiedTokensDeps,
} from "./verified-tokens.ts";
import { createVerifier, type Jwk, type VerifiedToken, type VerifierDeps } from "./verifier.ts";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const web = "1example23456789webclient0";
const start = 1_800_000_000;
const key = makeKeyPair();
const otherKey = makeKeyPair();
const claims = accessClaims({
  issuer,
  clientId: web,
  now: start - 60,
  username: "ada",
  groups: ["admin"],
});

/** The real verifier behind the memory, with the keys and clients of a settings object that tests replace. */
function setUp() {
  const clock = fixedClock(start);
  const settings = {
    generation: 1,
    keys: [publicJwk(key)] satisfies Jwk[],
    clients: { [web]: { kind: "person", tokenUses: ["access"] } } as NonNullable<
      VerifierDeps["clients"]
    >,
  };
  let verifications = 0;
  const tokens = createVerifiedTokens({
    verify: (token) => {
      verifications += 1;
      const keys = { current: () => settings, refetch: () => Promise.resolve() };
      return createVerifier({
        issuers: [issuer],
        clients: settings.clients,
        tokenUses: null,
        keys,
        now: clock.now,
      })(token);
    },
    generation: () => settings.generation,
    now: clock.now,
    capacityBytes: 100_000,
  });
  return { tokens: asking(tokens), clock, settings, verifications: () => verifications };
}

/** What is thrown at once is as good a refusal as a promise that is rejected. */
function asking(tokens: VerifiedTokens) {
  return {
    verify: async (token: string) => tokens.verify(token),
    get size() {
      return tokens.size;
    },
  };
}

describe("a token that was verified", () => {
  test("is not verified again, and comes back as the same frozen object", async () => {
    const { tokens, verifications } = setUp();
    const token = mint({ key, claims });
    const first = await tokens.verify(token);
    const second = await tokens.verify(token);
    expect(second).toBe(first);
    expect(first.caller).toEqual({
      kind: "user",
      sub: claims.sub,
      username: "ada",
      groups: ["admin"],
      scopes: ["openid", "email"],
      issuer,
      signedInAt: start - 60,
    });
    expect(verifications()).toBe(1);
    expect(tokens.size).toBe(1);
    const { caller } = first;
    const parts = [first, caller, caller.scopes, caller.kind === "user" && caller.groups];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual([true, true, true, true]);
  });

  test("is refused once it has expired, without another verification", async () => {
    const { tokens, clock, verifications } = setUp();
    const token = mint({ key, claims: { ...claims, exp: start + 10 } });
    await tokens.verify(token);
    clock.advance(9);
    await tokens.verify(token);
    clock.advance(1);
    await expect(tokens.verify(token)).rejects.toMatchObject({
      name: "GuardError",
      code: "token_expired",
    });
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "token_expired" });
    expect(verifications()).toBe(1);
  });

  test("is refused by a clock that was set back before its nbf", async () => {
    const { tokens, clock } = setUp();
    const token = mint({ key, claims: { ...claims, nbf: start } });
    await tokens.verify(token);
    clock.advance(-1);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "token_not_yet_valid" });
  });

  test("is refused once its key is withdrawn", async () => {
    const { tokens, settings } = setUp();
    const token = mint({ key, claims });
    await tokens.verify(token);
    settings.keys = [publicJwk(otherKey)];
    settings.generation += 1;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "token_signature" });
    expect(tokens.size).toBe(0);
  });

  test("is refused once its client is dropped", async () => {
    const { tokens, settings } = setUp();
    const token = mint({ key, claims });
    await tokens.verify(token);
    settings.clients = { another: { kind: "person", tokenUses: ["access"] } };
    settings.generation += 1;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "token_client" });
  });

  test("does not vouch for a token that differs in one byte", async () => {
    const { tokens, verifications } = setUp();
    const token = mint({ key, claims });
    await tokens.verify(token);
    const [header, , signature] = token.split(".");
    const forged = mint({
      key: otherKey,
      kid: key.kid,
      claims: { ...claims, "cognito:groups": ["root"] },
    }).split(".")[1];
    await expect(tokens.verify(`${header}.${forged}.${signature}`)).rejects.toMatchObject({
      code: "token_signature",
    });
    await expect(tokens.verify(`${token} `)).rejects.toMatchObject({ code: "token_malformed" });
    expect(verifications()).toBe(3);
  });
});

/** What a verifier finds out, without the cost: for tests of the memory alone. */
function stubbed(changes: Partial<VerifiedTokensDeps> = {}) {
  const calls: string[] = [];
  const tokens = createVerifiedTokens({
    verify: (token) => {
      calls.push(token);
      return Promise.resolve(verified(token));
    },
    generation: () => "g",
    now: () => start,
    capacityBytes: 3,
    ...changes,
  });
  return { tokens: asking(tokens), calls };
}

function verified(sub: string): VerifiedToken {
  return {
    caller: { kind: "client", clientId: sub, scopes: ["api/read"] },
    tokenUse: "access",
    clientId: sub,
    issuer,
    kid: key.kid,
    sub,
    expiresAt: start + 60,
    issuedAt: start,
    authTime: start,
  };
}

describe("the memory", () => {
  test("stays bounded with 10,000 distinct tokens", async () => {
    const { tokens, calls } = stubbed({ capacityBytes: 500 * 10 });
    const sizes = new Set<number>();
    for (let index = 0; index < 10_000; index += 1) {
      await tokens.verify(`token-${String(index).padStart(4, "0")}`);
      if (index > 500) sizes.add(tokens.size);
    }
    // When the 501st comes, a sixteenth has to go.
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([468, 500]);
    expect(tokens.size).toBe(496);
    expect(calls).toHaveLength(10_000);
    await tokens.verify("token-9999");
    await tokens.verify("token-9504");
    expect(calls).toHaveLength(10_000);
    await tokens.verify("token-9503");
    expect(calls).toHaveLength(10_001);
  });

  test("holds fewer tokens where they are larger: the bytes of all count", async () => {
    const { tokens, calls } = stubbed({ capacityBytes: 100_000 });
    const large = (index: number) => String(index).padStart(12_000, "x");
    for (let index = 0; index < 50; index += 1) await tokens.verify(large(index));
    expect(tokens.size).toBe(8);
    await tokens.verify(large(42)); // the oldest that is left
    expect(calls).toHaveLength(50);
    // 4,000 bytes are free: four small ones fit, and a fifth pushes out a large one.
    for (const small of ["a", "b", "c", "d"]) await tokens.verify(small.repeat(1000));
    expect(tokens.size).toBe(12);
    await tokens.verify("e".repeat(1000));
    expect(tokens.size).toBe(12);
    await tokens.verify(large(42));
    expect(calls).toHaveLength(55);
    await tokens.verify(large(43));
    expect(calls).toHaveLength(56);
  });

  test("forgets what was not used for longest", async () => {
    const { tokens, calls } = stubbed();
    for (const token of ["a", "b", "c", "a", "d", "a", "b"]) await tokens.verify(token);
    expect(calls).toEqual(["a", "b", "c", "d", "b"]);
  });

  test("lets go of everything when the generation changes, and does not take it back", async () => {
    let generation: number | string = 1;
    const { tokens, calls } = stubbed({ generation: () => generation });
    await tokens.verify("a");
    generation = 2;
    expect(tokens.size).toBe(0);
    await tokens.verify("a");
    generation = 1;
    await tokens.verify("a");
    expect(calls).toEqual(["a", "a", "a"]);
  });

  test("remembers nothing that was begun under an older generation", async () => {
    let generation = 1;
    const finish: ((token: VerifiedToken) => void)[] = [];
    const promise = new Promise<VerifiedToken>((resolve) => finish.push(resolve));
    const results = [promise, Promise.resolve(verified("new"))];
    const { tokens } = stubbed({
      generation: () => generation,
      verify: () => results.shift() ?? promise,
    });
    const slow = tokens.verify("a");
    generation = 2;
    expect(await tokens.verify("a")).toMatchObject({ sub: "new" });
    finish[0]?.(verified("old"));
    expect(await slow).toMatchObject({ sub: "old" });
    expect(await tokens.verify("a")).toMatchObject({ sub: "new" });
  });

  test("verifies once for callers that come at the same time", async () => {
    const { tokens, calls } = stubbed();
    const results = await Promise.all([tokens.verify("a"), tokens.verify("b"), tokens.verify("a")]);
    expect(results.map(({ sub }) => sub)).toEqual(["a", "b", "a"]);
    expect(calls).toEqual(["a", "b"]);
  });

  test("remembers no refusal", async () => {
    let broken = true;
    const refusal = new GuardError("keys_unavailable", "try again");
    const { tokens } = stubbed({
      verify: (token) => (broken ? Promise.reject(refusal) : Promise.resolve(verified(token))),
    });
    const both = await Promise.allSettled([tokens.verify("a"), tokens.verify("a")]);
    expect(both).toEqual([1, 2].map(() => ({ status: "rejected", reason: refusal })));
    expect(tokens.size).toBe(0);
    broken = false;
    expect(await tokens.verify("a")).toMatchObject({ sub: "a" });
  });

  test("is asked by the hash of the token's exact bytes, after its size", async () => {
    const hashed: string[] = [];
    const hash = (token: string) => {
      hashed.push(token);
      return createHash("sha256").update(token).digest("hex");
    };
    const { tokens, calls } = stubbed({ hash });
    await tokens.verify("a".repeat(12 * 1024));
    await expect(tokens.verify("a".repeat(12 * 1024 + 1))).rejects.toMatchObject({
      code: "token_too_large",
    });
    expect(hashed).toEqual(["a".repeat(12 * 1024)]);
    expect(calls).toEqual(hashed);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "has no capacity of %s",
    (capacity) => {
      expect(() => stubbed({ capacityBytes: capacity })).toThrow(
        new TypeError("capacityBytes is a whole number above 0"),
      );
    },
  );

  test("has no default for what decides about trust", () => {
    const deps = {
      verify: () => Promise.resolve(verified("a")),
      now: () => start,
      capacityBytes: 1,
    };
    // @ts-expect-error a memory without a generation would outlive its keys
    expect(() => createVerifiedTokens(deps)).toThrow(TypeError);
  });
});
