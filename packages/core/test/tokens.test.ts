import { verify } from "node:crypto";
import { expect, test } from "vitest";

import {
  accessClaims,
  fixedClock,
  idClaims,
  machineClaims,
  makeKeyPair,
  mint,
  publicJwk,
} from "@sst-gatehouse/testkit/tokens";

const key = makeKeyPair();
const about = {
  issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123",
  clientId: "c",
  now: 1000,
};
const decode = (part = "") => Buffer.from(part, "base64url").toString();

const names = (claims: object) => Object.keys(JSON.parse(JSON.stringify(claims)));

test("mints what Cognito would: header of kid and alg, escaped slashes, RS256", () => {
  const token = mint({
    key: { ...key, kid: "a/b+c=" },
    claims: { iss: "https://x/", gone: undefined },
  });
  const [header, claims, signature = ""] = token.split(".");
  expect(decode(header)).toBe(String.raw`{"kid":"a\/b+c=","alg":"RS256"}`);
  expect(decode(claims)).toBe(String.raw`{"iss":"https:\/\/x\/"}`);
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify("sha256", signed, key.publicKey, Buffer.from(signature, "base64url"))).toBe(true);
});

test("mints forgeries on request", () => {
  const token = mint({
    key,
    kid: "k",
    header: { alg: "none", typ: "JWT" },
    claims: {},
    signWith: () => Buffer.from("x"),
  });
  expect(token.split(".").map(decode)).toEqual(['{"kid":"k","alg":"none","typ":"JWT"}', "{}", "x"]);
});

test("publishes the public half only, with a kid like Cognito's", () => {
  const jwk = publicJwk(key);
  expect(Object.keys(jwk)).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  expect(jwk).toMatchObject({ alg: "RS256", e: "AQAB", kid: key.kid, kty: "RSA", use: "sig" });
  expect(key.kid).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(makeKeyPair().kid).not.toBe(key.kid);
});

test("has the claims of each kind of token, under Cognito's names", () => {
  expect(names(idClaims({ ...about, groups: ["g"] }))).toEqual([
    "sub",
    "cognito:groups",
    "email_verified",
    "iss",
    "cognito:username",
    "origin_jti",
    "aud",
    "event_id",
    "token_use",
    "auth_time",
    "exp",
    "iat",
    "jti",
    "email",
  ]);
  expect(names(accessClaims(about))).toEqual([
    "sub",
    "iss",
    "version",
    "client_id",
    "origin_jti",
    "event_id",
    "token_use",
    "scope",
    "auth_time",
    "exp",
    "iat",
    "jti",
    "username",
  ]);
  expect(machineClaims({ ...about, scopes: ["api/read", "api/write"] })).toMatchObject({
    sub: "c",
    client_id: "c",
    scope: "api/read api/write",
    exp: 4600,
  });
  expect(names(machineClaims({ ...about, scopes: [] }))).not.toContain("username");
});

test("has a clock that moves when told to", () => {
  const clock = fixedClock(5);
  clock.advance(10);
  expect([clock.now(), clock.now()]).toEqual([15, 15]);
});
