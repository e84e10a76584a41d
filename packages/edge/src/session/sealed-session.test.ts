import { randomBytes, webcrypto } from "node:crypto";

import { assert, constantFrom, integer, nat, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { createFakeCognito } from "../../test/cognito.ts";
import { createSealedSessions, sealedLength } from "./sealed-session.ts";
import type { Session } from "./session-cookies.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const place = "__Host-Http-gatehouse-session /gatehouse/app/anna";
const origin = "https://app.example.com";
const key = newKey();
const { seal, open } = createSealedSessions({ keys: [key] }, place);

/** As Cognito makes them, in size too. */
function realistic(groups: readonly string[] = []): Session {
  const { accessToken } = createFakeCognito(() => 1_800_000_000);
  const part = (bytes: number) => randomBytes(bytes).toString("base64url");
  const header = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString(
    "base64url",
  );
  return {
    accessToken: accessToken({ sub: "alice", groups }),
    refreshToken: [header, part(256), part(12), part(980), part(16)].join("."),
  };
}
const session = realistic();

test("comes back as it was, whatever its tokens are made of", () => {
  const character = constantFrom(
    ...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
  );
  const token = string({ unit: character, minLength: 1, maxLength: 4000 });
  assert(
    property(token, token, (accessToken, refreshToken) => {
      const both = { accessToken, refreshToken };
      expect(open(seal(both, origin), origin)).toEqual(both);
    }),
  );
  expect(open(seal(session, origin), origin)).toEqual(session);
});

test("has an ID token along where there is one, and no byte more where there is none", () => {
  const idToken = createFakeCognito(() => 1_800_000_000).idToken({ sub: "alice" });
  const three = { ...session, idToken };
  expect(open(seal(three, origin), origin)).toEqual(three);
  expect(sealedLength(three)).toBe(seal(three, origin).length);
  expect(sealedLength(three) - sealedLength(session)).toBeLessThan(1200);
});

test("is AES-256-GCM: another implementation reads version, nonce, ciphertext and tag", async () => {
  const bytes = Buffer.from(seal(session, origin), "base64url");
  expect(bytes[0]).toBe(1);
  const imported = await webcrypto.subtle.importKey(
    "raw",
    Buffer.from(key, "base64"),
    "AES-GCM",
    false,
    ["decrypt"],
  );
  const additionalData = Buffer.from(JSON.stringify([1, place, origin]));
  const packed = Buffer.from(
    await webcrypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.subarray(1, 13), additionalData, tagLength: 128 },
      imported,
      bytes.subarray(13),
    ),
  );
  const [, claims = ""] = session.accessToken.split(".");
  expect(packed[0]).toBe(3);
  expect(packed.includes(Buffer.from(claims, "base64url"))).toBe(true);
});

test("shows nothing of the tokens, and is no token itself", () => {
  const sealed = seal(session, origin);
  expect(sealed).toMatch(/^[\w-]+$/);
  const parts = [...session.accessToken.split("."), ...session.refreshToken.split(".")];
  for (const part of parts) expect(sealed).not.toContain(part.slice(0, 16));
});

test("differs each time: no nonce is used twice", () => {
  const nonces = Array.from({ length: 2000 }, () =>
    Buffer.from(seal(session, origin), "base64url").subarray(1, 13).toString("hex"),
  );
  expect(new Set(nonces).size).toBe(nonces.length);
});

describe("is no session", () => {
  const sealed = seal(session, origin);

  test("with any byte changed", () => {
    assert(
      property(nat(sealed.length - 1), integer({ min: 1, max: 63 }), (at, by) => {
        const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        const other = alphabet[(alphabet.indexOf(sealed[at] ?? "") + by) % 64] ?? "";
        expect(
          open(`${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`, origin),
        ).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("cut anywhere, or longer", () => {
    assert(
      property(nat(sealed.length - 1), (length) => {
        expect(open(sealed.slice(0, length), origin)).toBeUndefined();
        expect(open(sealed.slice(length + 1), origin)).toBeUndefined();
      }),
    );
    for (const more of ["A", "AA", "AAAA", "=", "."])
      expect(open(`${sealed}${more}`, origin)).toBeUndefined();
    expect(open(sealed.repeat(2), origin)).toBeUndefined();
  });

  test("made of two of them", () => {
    const bytes = (text: string) => Buffer.from(text, "base64url");
    const other = bytes(seal(session, origin));
    for (const at of [13, 200, other.length - 16]) {
      const mixed = Buffer.concat([bytes(sealed).subarray(0, at), other.subarray(at)]);
      expect(open(mixed.toString("base64url"), origin)).toBeUndefined();
    }
  });

  test.each([
    ["another stage", "__Host-Http-gatehouse-session /gatehouse/app/bert", origin],
    ["another app", "__Host-Http-gatehouse-session /gatehouse/other/anna", origin],
    ["another cookie", "__Host-Http-gatehouse-attempt /gatehouse/app/anna", origin],
    ["another origin", place, "https://app.example.org"],
    ["another port", place, "https://app.example.com:8443"],
    ["the same origin without TLS", place, "http://app.example.com"],
  ])("of %s, even under the same key", (_what, otherPlace, otherOrigin) => {
    const elsewhere = createSealedSessions({ keys: [key] }, otherPlace);
    expect(elsewhere.open(sealed, otherOrigin)).toBeUndefined();
    expect(elsewhere.open(elsewhere.seal(session, otherOrigin), otherOrigin)).toEqual(session);
    expect(open(elsewhere.seal(session, otherOrigin), origin)).toBeUndefined();
  });

  test("of another version", () => {
    const bytes = Buffer.from(sealed, "base64url");
    for (const other of [0, 2, 255]) {
      bytes[0] = other;
      expect(open(bytes.toString("base64url"), origin)).toBeUndefined();
    }
  });

  test.each([
    ["nothing", ""],
    ["a version alone", "AQ"],
    [
      "as short as it can be",
      Buffer.concat([Buffer.from([1]), randomBytes(28)]).toString("base64url"),
    ],
    ["an access token", session.accessToken],
    ["a refresh token", session.refreshToken],
    ["both, in the open", `${session.accessToken}.${session.refreshToken}`],
    ["standard base64", Buffer.from(sealed, "base64url").toString("base64")],
    ["10 KB of something", "AQ".padEnd(10_240, "A")],
  ])("where it is %s", (_what, text) => {
    expect(open(text, origin)).toBeUndefined();
  });
});

test("a key is changed in two steps, and no session is lost on the way, nor on the way back", () => {
  const [old, next] = [newKey(), newKey()];
  const before = createSealedSessions({ keys: [old] }, place);
  const accepting = createSealedSessions({ keys: [old, next] }, place);
  const sealing = createSealedSessions({ keys: [next, old] }, place);
  const after = createSealedSessions({ keys: [next] }, place);
  const opens = (by: typeof before, of: typeof before) =>
    by.open(of.seal(session, origin), origin) !== undefined;
  // Neighbours run beside each other while a deploy reaches every region.
  const neighbours = [
    [before, accepting],
    [accepting, sealing],
  ] as const;
  for (const [a, b] of neighbours) expect([opens(a, b), opens(b, a)]).toEqual([true, true]);
  expect([opens(after, sealing), opens(after, before), opens(after, accepting)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(opens(before, after)).toBe(false);
});

test.each([[[]], [["admin"]], [Array.from({ length: 40 }, (_none, at) => `department-${at}`)]])(
  "is no larger in a request than two tokens in the open were, with groups %j",
  (groups) => {
    const { accessToken, refreshToken } = realistic(groups);
    const cookies = (each: readonly [string, string][]) =>
      each.map(([name, value]) => `${name}=${value}`).join("; ").length;
    const inTheOpen = cookies([
      ["__Host-gatehouse-access.1of1", accessToken],
      ["__Host-gatehouse-refresh.1of1", refreshToken],
    ]);
    const sealed = seal({ accessToken, refreshToken }, origin);
    expect(cookies([["__Host-Http-gatehouse-session.1of1", sealed]])).toBeLessThanOrEqual(
      inTheOpen,
    );
  },
);

test("a session that was opened is remembered, for its own origin and cookie alone, and 300 of them", () => {
  const container = createSealedSessions({ keys: [newKey()] }, place);
  const cookies = Array.from({ length: 301 }, () => container.seal(session, origin));
  const [first = "", second = ""] = cookies;
  const opened = container.open(first, origin);
  expect(opened).toEqual(session);
  expect(container.open(first, origin)).toBe(opened);
  expect(container.open(first, "https://other.example")).toBeUndefined();
  expect(container.open(`${first.slice(0, -2)}AA`, origin)).toBeUndefined();
  const secondOpened = container.open(second, origin);
  for (const cookie of cookies) expect(container.open(cookie, origin)).toEqual(session);
  // The oldest had to go, and is opened again.
  expect(container.open(second, origin)).toBe(secondOpened);
  expect(container.open(first, origin)).not.toBe(opened);
  expect(container.open(first, origin)).toEqual(session);
});
