import { createVerify, generateKeyPairSync, randomBytes } from "node:crypto";

import { makeKeyPair, mint } from "@sst-gatehouse/testkit/tokens";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { isJsonObject, safeJsonParse } from "./jwt-json.ts";
import { nodeWebCompat } from "./jwt-platform.ts";

const key = makeKeyPair();
const other = makeKeyPair();

/** What the library's own platform module does. */
function byStream(jwsSigningInput: string, signature: string, keyObject = key.publicKey): boolean {
  return createVerify("RSA-SHA256")
    .update(jwsSigningInput)
    .verify(keyObject, signature, "base64url");
}

function check(jwsSigningInput: string, signature: string, keyObject = key.publicKey): boolean {
  return nodeWebCompat.verifySignatureSync({ alg: "RS256", keyObject, jwsSigningInput, signature });
}

test("agrees with the library's own check on good and changed signatures", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(255), fc.nat(7), (text, at, bit) => {
      const [header, payload, signature = ""] = mint({ key, claims: { text } }).split(".");
      const input = `${header}.${payload}`;
      const bytes = Buffer.from(signature, "base64url");
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const changed = bytes.toString("base64url");
      expect([check(input, signature), byStream(input, signature)]).toEqual([true, true]);
      expect([check(input, changed), byStream(input, changed)]).toEqual([false, false]);
      expect(check(`${input}x`, signature)).toBe(false);
      expect(check(input, signature, other.publicKey)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test.each([
  "",
  "AA",
  randomBytes(255).toString("base64url"),
  randomBytes(257).toString("base64url"),
])("takes no signature of another length", (signature) => {
  expect(check("a.b", signature)).toBe(false);
});

test("checks RS256 with an RSA key, and nothing else", () => {
  const [header, payload, signature = ""] = mint({ key, claims: {} }).split(".");
  const jwsSigningInput = `${header}.${payload}`;
  for (const alg of ["none", "HS256", "RS512", "PS256", "ES256", "rs256", ""]) {
    const asked = { alg, keyObject: key.publicKey, jwsSigningInput, signature };
    expect(nodeWebCompat.verifySignatureSync(asked)).toBe(false);
  }
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(check(jwsSigningInput, signature, publicKey)).toBe(false);
});

test("uses no network and imports no key", () => {
  expect(() => nodeWebCompat.fetch()).toThrow(TypeError);
  expect(() => nodeWebCompat.transformJwkToKeyObjectSync()).toThrow(TypeError);
});

test("parses like JSON, without the names that reach a prototype, however they are spelled", () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      if (/proto|constructor/.test(text)) return;
      expect(safeJsonParse(text)).toEqual(JSON.parse(text));
    }),
  );
  for (const name of [
    "__proto__",
    "constructor",
    String.raw`\u005f_proto__`,
    String.raw`con\u0073tructor`,
  ]) {
    const parsed = safeJsonParse(`{"a":{"${name}":{"admin":true},"b":1},"${name}":1}`);
    expect(JSON.stringify(parsed)).toBe('{"a":{"b":1}}');
  }
});

test("knows an object from what only looks like one", () => {
  expect([{}, null, [], "", 1, undefined].map(isJsonObject)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
