import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, expect, test } from "vitest";

import { callbackUrl, locationOf, openBrowser, password } from "../cognito.ts";
import { startUnderAwsNames } from "./aws-names.ts";
import type { UnderAwsNames } from "./aws-names.ts";

/** Every step of the code flow by hand, as the library's strictest settings have it. */

let stand: UnderAwsNames;
let server: oauth.AuthorizationServer;
let web: oauth.Client;
const none = oauth.None();

beforeAll(async () => {
  stand = await startUnderAwsNames();
  web = { client_id: stand.cognito.clientId("spa"), [oauth.clockTolerance]: 0 };
  const issuer = new URL(stand.cognito.issuer);
  const answer = await oauth.discoveryRequest(issuer, byFetch());
  server = await oauth.processDiscoveryResponse(issuer, answer);
});
afterAll(() => stand.close());

const byFetch = () => ({
  [oauth.customFetch]: (url: string, options: object) => stand.fetch(url, options),
});

async function askAndReturn(username = "alice") {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const query = new URLSearchParams({
    client_id: web.client_id,
    redirect_uri: callbackUrl,
    response_type: "code",
    scope: "openid profile email api/read",
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const browser = openBrowser(stand.domain, stand.fetch);
  const url = new URL(`${server.authorization_endpoint}?${query.toString()}`);
  const form = locationOf(await browser.get(`${url.pathname}${url.search}`));
  const back = locationOf(await browser.signIn(form.search.slice(1), username, password));
  return { back, state, nonce, verifier };
}

async function signIn(username?: string) {
  const { back, state, nonce, verifier } = await askAndReturn(username);
  const parameters = oauth.validateAuthResponse(server, web, back, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    web,
    none,
    parameters,
    callbackUrl,
    verifier,
    byFetch(),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, web, answer, {
    expectedNonce: nonce,
    maxAge: 60,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, answer, byFetch());
  return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens) };
}

const refresh = async (refreshToken: string) =>
  oauth.processRefreshTokenResponse(
    server,
    web,
    await oauth.refreshTokenGrantRequest(server, web, none, refreshToken, byFetch()),
  );
const userInfo = async (accessToken: string, sub: string) =>
  oauth.processUserInfoResponse(
    server,
    web,
    sub,
    await oauth.userInfoRequest(server, web, accessToken, byFetch()),
  );

test("signs in: answer, nonce, age, signature and subject are all right", async () => {
  const { tokens, claims } = await signIn();
  expect(tokens.token_type).toBe("bearer");
  expect(claims).toMatchObject({ aud: web.client_id, iss: stand.cognito.issuer });
  const who = await userInfo(tokens.access_token, claims?.sub ?? "");
  expect(who.email).toBe("alice@example.com");
});

test("returns no parameter but code and state", async () => {
  const { back, state } = await askAndReturn();
  expect([...back.searchParams.keys()]).toEqual(["code", "state"]);
  expect(back.searchParams.get("state")).toBe(state);
  expect(() => oauth.validateAuthResponse(server, web, back, "another")).toThrow(
    oauth.OperationProcessingError,
  );
});

test("is refused for a user who was signed out everywhere: refresh and userInfo, not the hosted pages", async () => {
  const { tokens, claims } = await signIn("ada");
  await stand.run("AdminUserGlobalSignOut", { Username: "ada" });
  await expect(refresh(tokens.refresh_token ?? "")).rejects.toMatchObject({
    error: "invalid_grant",
    status: 400,
  });
  const answer = await oauth.userInfoRequest(server, web, tokens.access_token, byFetch());
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
    401,
    'error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."',
  ]);
  expect((await signIn("ada")).claims?.sub).toBe(claims?.sub);
});

test("refreshes, rotates, and revokes", async () => {
  const { tokens } = await signIn();
  const next = await refresh(tokens.refresh_token ?? "");
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  const revoking = await oauth.revocationRequest(
    server,
    web,
    none,
    next.refresh_token ?? "",
    byFetch(),
  );
  await oauth.processRevocationResponse(revoking);
  await expect(refresh(next.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
});

test("cannot revoke an access token", async () => {
  const { tokens } = await signIn();
  const answer = await oauth.revocationRequest(server, web, none, tokens.access_token, byFetch());
  await expect(oauth.processRevocationResponse(answer)).rejects.toMatchObject({
    error: "unsupported_token_type",
  });
});

test("gets a machine's token, and none with a wrong secret", async () => {
  const machine = { client_id: stand.cognito.clientId("machine") };
  const ask = async (secret: string) =>
    oauth.processClientCredentialsResponse(
      server,
      machine,
      await oauth.clientCredentialsGrantRequest(
        server,
        machine,
        oauth.ClientSecretBasic(secret),
        { scope: "api/write" },
        byFetch(),
      ),
    );
  const tokens = await ask(stand.cognito.clientSecret("machine"));
  expect(tokens.expires_in).toBe(3600);
  await expect(ask("wrong")).rejects.toMatchObject({ error: "invalid_client" });
});
