import { expect, test } from "vitest";

import { fillForm } from "../../../acceptance/support/browser.ts";
import { chromiumPage } from "./browser";
import { callPage, servedFrontEnd } from "./front-end";
import { playedGate } from "./gate";

const gate = playedGate();
const page = chromiumPage();
const { origin } = servedFrontEnd(5175, "amplify-page.ts");

test("Amplify signs in by redirect, calls, renews after the hour and signs out", async () => {
  const { url, outputs, users, clock } = gate.current;
  const { endpoints, userPoolId, clients, signInUrl } = outputs;
  const [alice] = users;
  if (alice === undefined) throw new Error("there is no alice");
  const hosted = new URL(signInUrl);
  // Amplify knows the sign-in domain by https alone, and calls the pool's API from the page. As on AWS, here by the test.
  const secure = `https://${hosted.host}`;
  await page.current.route(`${secure}/**`, async (route) => {
    const request = route.request();
    const at = (base: string): string => request.url().replace(secure, base);
    if (request.isNavigationRequest())
      await route.fulfill({ status: 302, headers: { location: at(hosted.origin) } });
    else await route.fulfill({ response: await route.fetch({ url: at(endpoints.cognitoIdp) }) });
  });
  await page.current.route(`${endpoints.cognitoIdp}/`, async (route) => {
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*",
    };
    if (route.request().method() === "OPTIONS") return route.fulfill({ status: 200, headers });
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), ...headers } });
  });
  const config = {
    Auth: {
      Cognito: {
        userPoolId,
        userPoolClientId: clients.spa.id,
        userPoolEndpoint: `${endpoints.cognitoIdp}/`,
        loginWith: {
          oauth: {
            domain: hosted.host,
            scopes: ["openid", "email", "profile"],
            redirectSignIn: [`${origin}/`],
            redirectSignOut: [`${origin}/`],
            responseType: "code",
          },
        },
      },
    },
    API: { REST: { gate: { endpoint: url, region: outputs.region } } },
  };
  const call = (name: string, ...given: unknown[]) => callPage(page.current, name, ...given);
  const arrived = [200, expect.objectContaining({ who: "alice" })];

  await page.current.goto(`${origin}/`);
  await call("configure", config);
  // The sign-in of its own form is closed: people sign in at Cognito's pages.
  expect(await call("byPassword", alice.username, alice.password)).toBe(
    "InvalidParameterException: USER_SRP_AUTH flow not enabled for this client",
  );
  await Promise.all([page.current.waitForURL(`${hosted.origin}/**`), call("signIn")]);
  await fillForm(page.current, alice);
  await call("configure", config);
  expect(await call("redirected")).toBe("signed in");
  expect(await call("call", "/echo/a")).toEqual(arrived);

  for (let hour = 0; hour < 2; hour += 1) {
    clock.advance(3601);
    expect(await call("call", "/echo/a")).toBe("token_expired: Unknown error");
    expect(await call("renew")).toBe(true);
    expect(await call("call", "/echo/a")).toEqual(arrived);
  }

  await Promise.all([page.current.waitForNavigation(), call("signOut")]);
  expect(page.current.url()).toBe(`${origin}/`);
  await call("configure", config);
  await Promise.all([page.current.waitForURL(`${hosted.origin}/**`), call("signIn")]);
  expect(await page.current.textContent("h1")).toBe("Sign in");
});
