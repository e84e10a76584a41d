import { createHash } from "node:crypto";

import { CognitoJwtVerifier } from "aws-jwt-verify";
import { CognitoJwtInvalidTokenUseError, JwtInvalidSignatureError } from "aws-jwt-verify/error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { decodeJwt, region, startCognito } from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";

let stand: CognitoUnderTest;

beforeAll(async () => {
  stand = await startCognito();
});
afterAll(() => stand.close());

const verifierOf = (tokenUse: "id" | "access", clientId: string) => {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: stand.cognito.poolId,
    tokenUse,
    clientId,
  });
  verifier.cacheJwks({ keys: stand.cognito.keySet().keys.map((key) => ({ ...key })) });
  return verifier;
};
const web = () => stand.cognito.clientId("spa");
const keysOf = (token: string) => Object.keys(decodeJwt(token).claims);

const wellKnown = (path: string) =>
  fetch(`${stand.origin}/${stand.cognito.poolId}/.well-known/${path}`);
describe("AWS's own verifier", () => {
  test("takes the tokens of a user, each for its use", async () => {
    const { id, access } = await stand.cognito.tokensFor("ada", "spa");
    expect(await verifierOf("id", web()).verify(id)).toMatchObject({ "cognito:username": "ada" });
    expect(await verifierOf("access", web()).verify(access)).toMatchObject({ username: "ada" });
    await expect(verifierOf("access", web()).verify(id)).rejects.toThrow(
      CognitoJwtInvalidTokenUseError,
    );
  });

  test("takes a machine's token", async () => {
    const machine = stand.cognito.clientId("machine");
    const token = await stand.cognito.machineToken("machine");
    expect(await verifierOf("access", machine).verify(token)).toMatchObject({ sub: machine });
    expect(keysOf(token)).toEqual([
      "sub",
      "token_use",
      "scope",
      "auth_time",
      "iss",
      "exp",
      "iat",
      "version",
      "jti",
      "client_id",
    ]);
  });

  test("refuses a token of another start with the same pool id", async () => {
    const other = await startCognito();
    const verifier = CognitoJwtVerifier.create({
      userPoolId: stand.cognito.poolId,
      tokenUse: "id",
      clientId: null,
    });
    const [theirs] = other.cognito.keySet().keys;
    const [ours] = stand.cognito.keySet().keys;
    expect(theirs?.n).not.toBe(ours?.n);
    verifier.cacheJwks({ keys: [{ ...theirs!, kid: ours?.kid ?? "" }] });
    const { id } = await stand.cognito.tokensFor("ada", "spa");
    await expect(verifier.verify(id)).rejects.toThrow(JwtInvalidSignatureError);
    await other.close();
  });
});

describe("a token", () => {
  test("has Cognito's header and escapes slashes in its payload", async () => {
    const { id, access } = await stand.cognito.tokensFor("ada", "spa");
    const [idKey, accessKey] = stand.cognito.keySet().keys;
    expect(decodeJwt(id).header).toBe(`{"kid":${JSON.stringify(idKey?.kid)},"alg":"RS256"}`);
    expect(decodeJwt(access).header).toBe(
      `{"kid":${JSON.stringify(accessKey?.kid)},"alg":"RS256"}`,
    );
    const escapedIssuer = `"iss":"https:\\/\\/cognito-idp.${region}.amazonaws.com\\/${stand.cognito.poolId}"`;
    for (const token of [id, access]) {
      expect(decodeJwt(token).payload).toContain(escapedIssuer);
      expect(decodeJwt(token).claims["iss"]).toBe(stand.cognito.issuer);
    }
  });

  test("has Cognito's claims in Cognito's order", async () => {
    const { id, access } = await stand.cognito.tokensFor("ada", "spa");
    expect(keysOf(id)).toEqual([
      "sub",
      "cognito:groups",
      "email",
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
      "at_hash",
    ]);
    expect(keysOf(access)).toEqual([
      "sub",
      "cognito:groups",
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
    const claims = decodeJwt(id).claims;
    expect(claims).toMatchObject({
      "cognito:groups": ["admin", "staff"],
      email: "ada@example.com",
      email_verified: true,
      aud: web(),
      token_use: "id",
      at_hash: createHash("sha256").update(access).digest().subarray(0, 16).toString("base64url"),
    });
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(3600);
    expect(claims["event_id"]).toBe(decodeJwt(access).claims["event_id"]);
    expect(decodeJwt(access).claims["version"]).toBe(2);
  });

  test("has no groups claim for a user without groups", async () => {
    const { id, access } = await stand.cognito.tokensFor("alice", "spa");
    for (const token of [id, access]) expect(keysOf(token)).not.toContain("cognito:groups");
  });

  test("grows to 4 KB with its groups", async () => {
    const groups = Array.from(
      { length: 60 },
      (_, index) => `department-${index}-${"x".repeat(40)}`,
    );
    for (const GroupName of groups) {
      stand.clock.advance(1); // the quota is 15 groups a second
      await stand.run("CreateGroup", { GroupName });
      await stand.run("AdminAddUserToGroup", { Username: "newcomer", GroupName });
    }
    const { access } = await stand.cognito.tokensFor("newcomer", "spa");
    expect(access.length).toBeGreaterThan(4096);
    expect(decodeJwt(access).claims["cognito:groups"]).toEqual(groups);
    expect(await verifierOf("access", web()).verify(access)).toMatchObject({
      username: "newcomer",
    });
  });

  test("for refreshing is opaque: five parts, with Cognito's header and size", async () => {
    const { refresh } = await stand.cognito.tokensFor("alice", "spa");
    const parts = refresh.split(".");
    expect(parts).toHaveLength(5);
    expect(Buffer.from(parts[0] ?? "", "base64url").toString()).toBe(
      '{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}',
    );
    expect(refresh.length).toBeGreaterThan(1600);
    expect(refresh.length).toBeLessThan(2000);
  });

  test("of any shape can be signed with a real key, for tests", async () => {
    const claims = { iss: stand.cognito.issuer, odd: [1] };
    const token = await stand.cognito.mintToken("access", claims, {
      typ: "JWT",
      crit: ["odd"],
      odd: true,
    });
    const [, accessKey] = stand.cognito.keySet().keys;
    const header = { kid: accessKey?.kid, alg: "RS256", typ: "JWT", crit: ["odd"], odd: true };
    expect(JSON.parse(decodeJwt(token).header)).toEqual(header);
    expect(decodeJwt(token).claims).toEqual(claims);
  });
});

describe("the issuer's host", () => {
  test("lists two keys, and only their public half", async () => {
    const { keys }: { keys: Record<string, string>[] } = await (
      await wellKnown("jwks.json")
    ).json();
    expect(keys).toEqual(stand.cognito.keySet().keys);
    expect(new Set(keys.map(({ n }) => n)).size).toBe(2);
    for (const key of keys) {
      expect(Object.keys(key)).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
      expect(key).toMatchObject({ alg: "RS256", e: "AQAB", kty: "RSA", use: "sig" });
      expect(key["kid"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
      expect(Buffer.from(key["n"] ?? "", "base64url")).toHaveLength(256);
    }
  });

  test("describes itself with Cognito's real addresses", async () => {
    const domain = `https://gatehouse-local.auth.${region}.amazoncognito.com`;
    expect(await (await wellKnown("openid-configuration")).json()).toMatchObject({
      issuer: stand.cognito.issuer,
      jwks_uri: `${stand.cognito.issuer}/.well-known/jwks.json`,
      authorization_endpoint: `${domain}/oauth2/authorize`,
      token_endpoint: `${domain}/oauth2/token`,
    });
  });

  test("lets scripts of any page read both documents, as a single-page app does at its start", async () => {
    for (const document of ["jwks.json", "openid-configuration"]) {
      const { headers } = await wellKnown(document);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  test("has nothing else", async () => {
    expect((await wellKnown("other.json")).status).toBe(404);
    const put = await fetch(`${stand.origin}/${stand.cognito.poolId}/.well-known/jwks.json`, {
      method: "PUT",
    });
    expect(put.status).toBe(405);
  });
});

test("ids and secrets look like Cognito's", () => {
  expect(stand.cognito.poolId).toMatch(/^eu-central-1_[0-9a-zA-Z]{9}$/);
  expect(web()).toMatch(/^[0-9a-z]{26}$/);
  expect(stand.cognito.clientSecret("machine")).toMatch(/^[0-9a-z]{51}$/);
  expect(() => stand.cognito.clientSecret("spa")).toThrow("the app client spa has no secret");
});
