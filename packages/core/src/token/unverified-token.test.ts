import { expect, test } from "vitest";

import { unverifiedClaim } from "./unverified-token.ts";

const tokenOf = (payload: string) => `h.${Buffer.from(payload).toString("base64url")}.s`;

test("one claim is read as it stands there, whatever signs it", () => {
  expect(unverifiedClaim(tokenOf('{"iat":5,"nonce":"ñ"}'), "iat")).toBe(5);
  expect(unverifiedClaim(tokenOf('{"iat":5,"nonce":"ñ"}'), "nonce")).toBe("ñ");
  expect(unverifiedClaim(tokenOf('{"iat":5}'), "nonce")).toBeUndefined();
});

test.each([
  "",
  "a",
  "a.b.c",
  "a.!.c",
  tokenOf("null"),
  tokenOf("5"),
  tokenOf('"iat"'),
  tokenOf("{"),
])("what is no token has no claim: %s", (token) => {
  expect(unverifiedClaim(token, "iat")).toBeUndefined();
});
