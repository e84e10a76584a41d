import { createPublicKey, sign } from "node:crypto";

import { draws } from "@sst-gatehouse/testkit/draws";
import { makeKeyPair, mintText, publicJwk } from "@sst-gatehouse/testkit/tokens";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { GuardError } from "../errors.ts";
import { checkByLibrary } from "./library-check.ts";
import { createSignatureCheck } from "./signature-check.ts";
import { decodeUnverifiedToken } from "./unverified-token.ts";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const key = makeKeyPair();
const stranger = makeKeyPair();
const jwk = publicJwk(key);
const imported = createPublicKey({ key: jwk, format: "jwk" });
const { verify } = createSignatureCheck([issuer], { generation: 1, keys: [jwk] });

const usual = [
  `"iss":"${issuer.replaceAll("/", String.raw`\/`)}"`,
  '"sub":"ada"',
  '"token_use":"id"',
  '"exp":1800000000',
];
const name = fc.oneof(
  fc.constantFrom("exp", "nbf", "iat", "sub", "aud", "scope", "jti", "x"),
  fc.constantFrom("__proto__", "constructor", String.raw`__pr\u006fto__`, "éx"),
);
const value = fc.oneof(
  fc.constantFrom("null", '""', '"é"', '"\\u0061"', "0", "1.5", "1e999", "true", "{}"),
  fc.constantFrom("[]", '["a"]', '["a",1]', '{"a":{"__proto__":1}}', '"constructor"'),
);
const member = fc.tuple(name, value).map(([named, valued]) => `"${named}":${valued}`);

const tokens = fc
  .tuple(
    fc.array(member, { maxLength: 3 }),
    fc.constantFrom("", ',"typ":"JWT"', ',"typ":1', ',"jwk":{"kty":"RSA"}', ',"__proto__":{}'),
    fc.constantFrom("as it is", "as it is", "by a stranger", "cut", "changed", "of another text"),
  )
  .map(([members, header, signed]) => {
    const head = `{"kid":"${key.kid}","alg":"RS256"${header}}`;
    return mintText(key, head, `{${[...usual, ...members].join(",")}}`, (text) => {
      const by = signed === "by a stranger" ? stranger : key;
      const over = signed === "of another text" ? `${text}A` : text;
      const signature = sign("sha256", Buffer.from(over), by.privateKey);
      if (signed === "changed") signature[99] = (signature[99] ?? 0) ^ 1;
      return signed === "cut" ? signature.subarray(3) : signature;
    });
  });

test("accepts and refuses what aws-jwt-verify does, and reads the same claims", () => {
  fc.assert(
    fc.property(tokens, (token) => {
      expect(outcome(() => verify(decodeUnverifiedToken(token)))).toEqual(
        outcome(() => checkByLibrary(token, [issuer], jwk, imported)),
      );
    }),
    { numRuns: draws(300, 3000) },
  );
});

test("reads what is out of the ordinary as the library does", () => {
  const text = `{${[...usual, '"__proto__":{"sub":"eve"}', '"x":{"constructor":1,"y":2}'].join(",")}}`;
  const token = mintText(key, `{"kid":"${key.kid}","alg":"RS256"}`, text);
  expect(JSON.stringify(verify(decodeUnverifiedToken(token)))).toBe(
    JSON.stringify({ iss: issuer, sub: "ada", token_use: "id", exp: 1_800_000_000, x: { y: 2 } }),
  );
});

/** The claims as text, because a comparison of objects would not see a member called `__proto__`. */
function outcome(run: () => unknown): unknown {
  try {
    return JSON.stringify(run());
  } catch (error) {
    return error instanceof GuardError ? error.code : error;
  }
}
