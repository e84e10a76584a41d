import * as client from "openid-client";
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  callbackUrl,
  decodeJwt,
  locationOf,
  logoutUrl,
  openBrowser,
  password,
} from "../cognito.ts";
import type { Browser } from "../cognito.ts";
import { startUnderAwsNames } from "./aws-names.ts";
import type { UnderAwsNames } from "./aws-names.ts";

let stand: UnderAwsNames;
let config: client.Configuration;

beforeAll(async () => {
  stand = await startUnderAwsNames();
  config = await discover("spa");
});
afterAll(() => stand.close());

const discover = (name: "spa" | "machine", authentication = client.None()) =>
  client.discovery(
    new URL(stand.cognito.issuer),
    stand.cognito.clientId(name),
    undefined,
    authentication,
    {
      [client.customFetch]: (url, { method, headers, body }) =>
        stand.fetch(url, { method, headers, body: body instanceof URLSearchParams ? body : null }),
    },
  );

interface Attempt {
  readonly url: URL;
  readonly checks: {
    readonly pkceCodeVerifier: string;
    readonly expectedState: string;
    readonly expectedNonce: string;
  };
}

async function startAttempt(more: Record<string, string> = {}): Promise<Attempt> {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callbackUrl,
    scope: "openid email api/read",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  });
  return { url, checks };
}

/** From the address that the library made through the real form back to the app. */
async function throughTheForm(
  { url }: Attempt,
  browser: Browser = openBrowser(stand.domain, stand.fetch),
): Promise<URL> {
  const form = locationOf(await browser.get(`${url.pathname}${url.search}`));
  expect(form.pathname).toBe("/login");
  return locationOf(await browser.signIn(form.search.slice(1), "alice", password));
}

const signIn = async () => {
  const attempt = await startAttempt();
  return client.authorizationCodeGrant(config, await throughTheForm(attempt), attempt.checks);
};

test("finds every address by discovery, all of them on the sign-in domain", () => {
  const metadata = config.serverMetadata();
  expect(metadata.issuer).toBe(stand.cognito.issuer);
  expect(stand.domain).toBe(`https://${stand.cognito.domainHost}`);
  expect([
    metadata.authorization_endpoint,
    metadata.token_endpoint,
    metadata.userinfo_endpoint,
    metadata.revocation_endpoint,
    metadata.end_session_endpoint,
  ]).toEqual([
    `${stand.domain}/oauth2/authorize`,
    `${stand.domain}/oauth2/token`,
    `${stand.domain}/oauth2/userInfo`,
    `${stand.domain}/oauth2/revoke`,
    `${stand.domain}/logout`,
  ]);
});

test("signs in with PKCE, state and nonce, and reads who it is", async () => {
  const checked = await discover("spa");
  // The signature of the ID token too, with the key set of the issuer.
  client.enableNonRepudiationChecks(checked);
  const attempt = await startAttempt();
  const back = await throughTheForm(attempt);
  expect(`${back.origin}${back.pathname}`).toBe(callbackUrl);
  const tokens = await client.authorizationCodeGrant(checked, back, attempt.checks);
  const claims = tokens.claims();
  expect(claims).toMatchObject({
    "cognito:username": "alice",
    nonce: attempt.checks.expectedNonce,
    email_verified: true,
  });
  expect(tokens.expires_in).toBe(3600);
  const who = await client.fetchUserInfo(checked, tokens.access_token, claims?.sub ?? "");
  expect(who).toEqual({
    sub: claims?.sub,
    email: "alice@example.com",
    email_verified: "true",
    username: "alice",
  });
});

test.each([
  ["another state", { expectedState: "other" }, 'unexpected "state" response parameter value'],
  ["another nonce", { expectedNonce: "other" }, 'unexpected ID Token "nonce" claim value'],
])("refuses the answer to %s", async (_why, change, message) => {
  const attempt = await startAttempt();
  const back = await throughTheForm(attempt);
  const granting = client.authorizationCodeGrant(config, back, { ...attempt.checks, ...change });
  await expect(granting).rejects.toMatchObject({ cause: { message } });
});

test("learns of a wrong verifier and of a used code as invalid_grant", async () => {
  const attempt = await startAttempt();
  const back = await throughTheForm(attempt);
  const wrong = { ...attempt.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  const refusal = { name: "ResponseBodyError", error: "invalid_grant", status: 400 };
  await expect(client.authorizationCodeGrant(config, back, wrong)).rejects.toMatchObject(refusal);
  await expect(client.authorizationCodeGrant(config, back, attempt.checks)).rejects.toMatchObject(
    refusal,
  );
});

test("refreshes with rotation, and keeps who signed in and when", async () => {
  const first = await signIn();
  stand.clock.advance(5);
  const second = await client.refreshTokenGrant(config, first.refresh_token ?? "");
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(second.claims()).toMatchObject({
    sub: first.claims()?.sub,
    auth_time: first.claims()?.auth_time,
  });
  const third = await client.refreshTokenGrant(config, second.refresh_token ?? "");
  expect(decodeJwt(third.access_token).claims["scope"]).toBe("openid email api/read");
});

test("revokes: the refresh token is dead at once, and userInfo notices", async () => {
  const tokens = await signIn();
  await client.tokenRevocation(config, tokens.refresh_token ?? "");
  await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? "")).rejects.toMatchObject({
    error: "invalid_grant",
  });
  // Cognito's challenge names no scheme, so the library sees a 401 that does not conform.
  await expect(
    client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? ""),
  ).rejects.toMatchObject({
    code: "OAUTH_RESPONSE_IS_NOT_CONFORM",
    cause: { status: 401 },
  });
});

test("signs out at the domain, with Cognito's name for the address to return to", async () => {
  const browser = openBrowser(stand.domain, stand.fetch);
  await throughTheForm(await startAttempt(), browser);
  const { url } = await startAttempt();
  const silent = locationOf(await browser.get(`${url.pathname}${url.search}`));
  expect(silent.searchParams.has("code")).toBe(true);
  const out = client.buildEndSessionUrl(config, { logout_uri: logoutUrl });
  expect(out.origin).toBe(stand.domain);
  expect(locationOf(await browser.get(`${out.pathname}${out.search}`)).href).toBe(logoutUrl);
  expect(locationOf(await browser.get(`${url.pathname}${url.search}`)).pathname).toBe("/login");
});

test.each([
  ["Basic", client.ClientSecretBasic],
  ["the body", client.ClientSecretPost],
])("gets a machine's token with its secret in %s", async (_where, authenticate) => {
  const secret = stand.cognito.clientSecret("machine");
  const machine = await discover("machine", authenticate(secret));
  const tokens = await client.clientCredentialsGrant(machine, { scope: "api/read" });
  expect(decodeJwt(tokens.access_token).claims).toMatchObject({
    sub: stand.cognito.clientId("machine"),
    scope: "api/read",
  });
  expect(tokens.refresh_token).toBeUndefined();
});
