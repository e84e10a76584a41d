import { makeKeyPair, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { parseKeySet } from "./cognito-values.ts";

const first = publicJwk(makeKeyPair());
const second = publicJwk(makeKeyPair());
const kid = "odd";

describe("a key set", () => {
  test("comes through as Cognito publishes it, without what a key does not need", () => {
    expect(parseKeySet({ keys: [{ ...first, x5c: ["…"] }, second], more: 1 })).toEqual([
      first,
      second,
    ]);
  });

  const strange: [what: string, value: unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["text", "keys"],
    ["a bare list", [first]],
    ["no list", { keys: {} }],
    ["an empty list", { keys: [] }],
    ["eleven keys", { keys: Array.from({ length: 11 }, (_, at) => ({ ...first, kid: `${at}` })) }],
    ["null for a key", { keys: [null] }],
    ["a key without kid", { keys: [{ ...first, kid: undefined }] }],
    ["an empty kid", { keys: [{ ...first, kid: "" }] }],
    ["a kid with a line break", { keys: [{ ...first, kid: "a\nb" }] }],
    ["one kid twice", { keys: [first, { ...second, kid: first.kid }] }],
    ["a symmetric key", { keys: [first, { ...second, kid, kty: "oct", k: "AAAA" }] }],
    ["a key for RS512", { keys: [first, { ...second, kid, alg: "RS512" }] }],
    ["a key for HS256", { keys: [first, { ...second, kid, alg: "HS256" }] }],
    ["a key for encryption", { keys: [first, { ...second, kid, use: "enc" }] }],
    ["the exponent 1, by which anybody signs", { keys: [first, { ...second, kid, e: "AQ" }] }],
    ["no modulus", { keys: [first, { ...second, kid, n: "" }] }],
    ["a modulus of 3 bytes", { keys: [first, { ...second, kid, n: "AQAB" }] }],
    ["a modulus of 1024 bits", { keys: [first, { ...second, kid, n: second.n.slice(0, 171) }] }],
    ["a modulus that is not base64url", { keys: [first, { ...second, kid, n: "!".repeat(342) }] }],
    ["a modulus of 8400 bits", { keys: [first, { ...second, kid, n: "n".repeat(1401) }] }],
  ];
  test.each(strange)("is refused whole for %s", (_what, value) => {
    expect(() => parseKeySet(value)).toThrow(
      new TypeError("the key set is not one that Cognito publishes"),
    );
  });
});
