import { createHash, randomBytes } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { newClientId, newClientSecret, newPoolId, newRefreshToken } from "./cognito/pool/ids.ts";
import {
  mayBeSecret,
  printableAddress,
  printableHost,
  printablePath,
  withoutSecrets,
} from "./without-secrets.ts";

const hashOf = (text: string) =>
  `sha256:${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
const clientSecret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";

describe("a word is taken for a secret when it is", () => {
  test.each([
    ["a token", jwt],
    ["the beginning of a token", "eyJh"],
    ["a token after a name", `id_token.${jwt}`],
    ["a client's secret", clientSecret],
    ["a secret key", "wJalrXUtnFEMIxK7MDENGbPxRfiCYEXAMPLEKEYx"],
    ["a password of this stack", "Gate-0123456789ab-7"],
    ["an encoded secret", Buffer.from(clientSecret).toString("hex").replace(/../g, "%$&")],
    [
      "an encoded secret, encoded again",
      encodeURIComponent(encodeURIComponent(`é${clientSecret}`)),
    ],
    ["an authorization code", "5f0c3c1e-4a0b-4b55-9c39-6f0d4a4f4f10"],
    ["a short piece with capitals", "x6FYmg"],
    ["a word of 65 letters", "a".repeat(65)],
  ])("%s", (_what, word) => {
    expect(mayBeSecret(word)).toBe(true);
  });
});

describe("a word is shown when it is", () => {
  test.each([
    "",
    "me",
    "things",
    "%2e%2e",
    "%252Fadmin",
    "openid-configuration",
    "customerAccounts",
    "keyJar",
    "userPoolId",
    "USER_PASSWORD_AUTH",
    "URL.",
    "AmazonSSM.GetParametersByPath",
    "AWSCognitoIdentityProviderService.InitiateAuth",
    "x-amz-content-sha256",
    "20261122T120000Z",
    "AWS4-HMAC-SHA256",
    "us-gov-east-1",
    "ASIAABCDEFGHIJKLMNOP",
    "x-amz-json-1.1",
  ])("%j", (word) => {
    expect(mayBeSecret(word)).toBe(false);
  });

  test("an id of a client or a pool", () => {
    expect(
      [newClientId(), newPoolId("eu-central-1"), newPoolId("us-gov-east-1")].map(mayBeSecret),
    ).toEqual([false, false, false]);
  });
});

test("no sixteen characters of a secret survive, in a text or in a path, raw or encoded", () => {
  const secrets = fc.oneof(
    fc.constant(null).map(() => newClientSecret()),
    fc.constant(null).map(() => newRefreshToken()),
    fc
      .uint8Array({ minLength: 30, maxLength: 30 })
      .map((bytes) => Buffer.from(bytes).toString("base64url")),
    fc.constant(null).map(() => `Gate-${randomBytes(6).toString("hex")}-7`),
  );
  fc.assert(
    fc.property(secrets, fc.constantFrom("", "x-amz-", "%2F", "token."), (secret, before) => {
      // Bytes that are all alike make a text that is plainly no secret.
      fc.pre(/\d/.test(secret) && /[a-z]/.test(secret));
      const shown = [
        withoutSecrets(`${before}${secret}, and more`),
        printablePath(`/a/${before}${secret}/b`),
        printablePath(`/a/${before}${encodeURIComponent(encodeURIComponent(secret))}/b`),
        printableHost(`${secret}.example`),
        printableAddress(`https://${secret}.example/${secret}?${secret}#${secret}`),
      ].join("\n");
      for (let start = 0; start + 16 <= secret.length; start += 1)
        expect(shown).not.toContain(secret.slice(start, start + 16));
    }),
  );
});

test("a text keeps its other words", () => {
  expect(withoutSecrets(`User pool client '${clientSecret}' of /a/b does not exist.`)).toBe(
    `User pool client '${hashOf(clientSecret)}' of /a/b does not exist.`,
  );
});

describe("a path", () => {
  test("keeps its other segments, and hashes what a segment decodes to", () => {
    expect(printablePath(`/public/%2e%2e/${encodeURIComponent("geheim:Geheim")}/b%20c`)).toBe(
      `/public/%2e%2e/${hashOf("geheim:Geheim")}/b%20c`,
    );
  });
});

describe("a host", () => {
  const url = `${"a1".repeat(16)}.lambda-url.eu-west-3.on.aws`;
  test.each([
    ["app.localhost:4280", '"app.localhost:4280"'],
    ["Evil.Example", '"evil.example"'],
    ["[::1]:80", '"[::1]:80"'],
    [url, `"${url}"`],
    [`${url}:4280`, `"${url}:4280"`],
    [`${clientSecret}.lambda-url.eu-west-3.on.aws`, "something unreadable"],
    [clientSecret, "something unreadable"],
    ["a b", "something unreadable"],
    ["a\u001b[2J", "something unreadable"],
    ["a.".repeat(51), "something unreadable"],
    ["", "something unreadable"],
  ])("%j is shown as %s", (host, shown) => {
    expect(printableHost(host)).toBe(shown);
  });
});

describe("an address", () => {
  test.each([
    ["https://evil.example/cb", "https://evil.example/cb"],
    ["HTTP://App.Localhost:4280/CB", "HTTP://App.Localhost:4280/CB"],
    ["http://app.localhost/a?code=s3cret", "http://app.localhost/a with a query"],
    ["http://app.localhost/a#s3cret", "http://app.localhost/a with a fragment"],
    [
      "http://u:s3cret@app.localhost?x#y",
      "http://app.localhost with a user and a query and a fragment",
    ],
    ["myapp://callback", "myapp://callback"],
    [`http://app.localhost/${clientSecret}`, `http://app.localhost/${hashOf(clientSecret)}`],
    ["s3cret", "something unreadable"],
    ["javascript:s3cret", "something unreadable"],
    [`https://${clientSecret}/`, "something unreadable"],
    ["https://a b/", "something unreadable"],
  ])("%j is shown as %s", (address, shown) => {
    expect(printableAddress(address)).toBe(shown);
  });
});
