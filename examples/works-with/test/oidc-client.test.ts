import type { UserManagerSettings } from "oidc-client-ts";
import { expect, test } from "vitest";

import { fillForm } from "../../../acceptance/support/browser.ts";
import { chromiumPage } from "./browser";
import { callPage, servedFrontEnd } from "./front-end";
import { playedGate } from "./gate";

const gate = playedGate();
const page = chromiumPage();
const { origin } = servedFrontEnd(5174, "oidc-client-page.ts");

test("oidc-client-ts signs in with PKCE, calls, renews after the hour and signs out", async () => {
  const { url, outputs, users, clock } = gate.current;
  const { endpoints, userPoolId, clients, signInUrl } = outputs;
  const hosted = new URL(signInUrl).origin;
  // On AWS `authority`, the pool's issuer, is enough. Here its document is elsewhere and names AWS's addresses.
  const settings: UserManagerSettings = {
    authority: `https://cognito-idp.${outputs.region}.amazonaws.com/${userPoolId}`,
    metadataUrl: `${endpoints.cognitoIdp}/${userPoolId}/.well-known/openid-configuration`,
    metadataSeed: {
      authorization_endpoint: `${hosted}/oauth2/authorize`,
      token_endpoint: `${hosted}/oauth2/token`,
      end_session_endpoint: `${hosted}/logout`,
    },
    client_id: clients.spa.id,
    redirect_uri: `${origin}/`,
    scope: "openid email profile",
  };
  const call = () => callPage(page.current, "call", settings, `${url}/echo/a`);
  const [alice] = users;
  if (alice === undefined) throw new Error("there is no alice");

  await page.current.goto(`${origin}/`);
  await Promise.all([
    page.current.waitForURL(`${hosted}/**`),
    callPage(page.current, "signIn", settings, "/orders"),
  ]);
  await fillForm(page.current, alice);
  expect(new URL(page.current.url()).origin).toBe(origin);
  expect(await callPage(page.current, "signedIn", settings)).toEqual({
    state: { to: "/orders" },
    name: "alice",
  });
  expect(await call()).toEqual([200, "alice"]);

  for (let hour = 0; hour < 2; hour += 1) {
    clock.advance(3601);
    expect(await call()).toEqual([401, "token_expired"]);
    expect(await callPage(page.current, "renew", settings)).toEqual([false, false]);
    expect(await call()).toEqual([200, "alice"]);
  }

  await Promise.all([
    page.current.waitForURL(`${origin}/`),
    callPage(page.current, "signOut", settings, clients.spa.id, `${origin}/`),
  ]);
  expect(await call()).toEqual([401, "token_malformed"]);
  await Promise.all([
    page.current.waitForURL(`${hosted}/**`),
    callPage(page.current, "signIn", settings, "/"),
  ]);
  expect(await page.current.textContent("h1")).toBe("Sign in");
});
