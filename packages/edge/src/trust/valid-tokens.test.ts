import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import { describe, expect, test } from "vitest";

import { createRequireValid, createValidTokens } from "./valid-tokens.ts";

const token: VerifiedToken = {
  caller: { kind: "client", clientId: "machine", scopes: [] },
  tokenUse: "access",
  clientId: "machine",
  issuer: "https://issuer.example",
  kid: "kid",
  sub: "machine",
  expiresAt: 3,
  issuedAt: 1,
  authTime: 1,
};

/** A list that notes in which order it is asked. */
function list({ ready, revoked = false }: { ready?: () => Promise<void>; revoked?: boolean } = {}) {
  const asked: string[] = [];
  const revocations = {
    ready() {
      asked.push("ready");
      return ready?.();
    },
    requireValid({ sub }: { readonly sub: string }) {
      asked.push(`requireValid ${sub}`);
      if (revoked) throw new RangeError("revoked");
    },
    refreshWhenOld() {
      asked.push("refreshWhenOld");
    },
    adopt: () => undefined,
  };
  return { asked, revocations };
}

describe("a verified token", () => {
  test("waits for the list, is looked up, and only then starts the next read", async () => {
    let arrived = (): void => undefined;
    const ready = () => new Promise<void>((resolve) => (arrived = resolve));
    const { asked, revocations } = list({ ready });
    const done = createRequireValid(revocations)(token);
    await Promise.resolve();
    expect(asked).toEqual(["ready"]);
    arrived();
    await done;
    expect(asked).toEqual(["ready", "requireValid machine", "refreshWhenOld"]);
  });

  test("is refused while the list cannot be read, and starts no read", async () => {
    const { asked, revocations } = list({ ready: () => Promise.reject(new RangeError("away")) });
    await expect(createRequireValid(revocations)(token)).rejects.toThrow("away");
    expect(asked).toEqual(["ready"]);
  });

  test("whose sign-in was ended is refused, and starts no read", async () => {
    const { asked, revocations } = list({ revoked: true });
    await expect(createRequireValid(revocations)(token)).rejects.toThrow("revoked");
    expect(asked).toEqual(["ready", "requireValid machine"]);
  });

  test("is valid where the stage keeps no list", async () => {
    await expect(createRequireValid(undefined)(token)).resolves.toBeUndefined();
  });
});

describe("a token", () => {
  test("is verified first, then looked up", async () => {
    const order: string[] = [];
    const tokens = {
      async verify(text: string) {
        order.push(`verify ${text}`);
        return token;
      },
    };
    const validToken = createValidTokens(tokens, async (verified) => {
      order.push(`look up ${verified.sub}`);
    });
    expect(await validToken("a.b.c")).toBe(token);
    expect(order).toEqual(["verify a.b.c", "look up machine"]);
  });

  test.each([
    ["cannot be verified", () => Promise.reject(new RangeError("no")), async () => undefined],
    ["is not valid any more", async () => token, () => Promise.reject(new RangeError("no"))],
  ])("that %s is refused", async (_why, verify, requireValid) => {
    await expect(createValidTokens({ verify }, requireValid)("a.b.c")).rejects.toThrow("no");
  });
});
