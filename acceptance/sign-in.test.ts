import { beforeAll, describe, expect, test } from "vitest";

import { send, viaApp } from "./support/client.ts";
import { decodeClaims } from "./support/forge.ts";
import { authUrl, form, formType, machineToken, pkce, signInByForm } from "./support/oauth.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
let user: Target["users"][number];
let callback: string;
beforeAll(() => {
  target = loadTarget();
  const [first] = target.users;
  if (first === undefined) throw new Error("the stack has no user");
  user = first;
  callback = new URL(target.signInUrl).searchParams.get("redirect_uri") ?? "";
});

function tokenRequest(fields: Readonly<Record<string, string>>) {
  return send(authUrl(target), {
    method: "POST",
    path: "/oauth2/token",
    headers: formType,
    body: form(fields),
  });
}

describe("the walk-through", () => {
  needs("implicit grant");

  test("sign in, take the ID token from the address bar, call with it", async () => {
    const arrived = new URL(await signInByForm(target.signInUrl, user.username, user.password));
    expect(`${arrived.origin}${arrived.pathname}`).toBe(callback);
    const fragment = new URLSearchParams(arrived.hash.slice(1));
    expect(fragment.get("token_type")).toBe("bearer");
    const answer = await viaApp(target, { path: "/me", token: fragment.get("id_token") ?? "" });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ kind: "user", username: user.username });
  });
});

describe("the sign-in page", () => {
  test("a wrong password leads nowhere", async () => {
    expect(await signInByForm(target.signInUrl, user.username, "wrong")).toBe("");
  });

  test("the app's own sign-in address leads there, too", async () => {
    const answer = await viaApp(target, { path: "/.auth/login" });
    expect(answer.status).toBe(302);
    expect(answer.header("location")).toMatch(`${authUrl(target)}/oauth2/authorize?`);
  });
});

describe("the better way: code with PKCE", () => {
  needs("public client");

  async function code(challenge: string): Promise<string> {
    const query = form({
      response_type: "code",
      client_id: target.clients.spa?.id ?? "",
      redirect_uri: `${target.appUrl}/`,
      scope: "openid email",
      state: "abc",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    const arrived = new URL(
      await signInByForm(
        `${authUrl(target)}/oauth2/authorize?${query}`,
        user.username,
        user.password,
      ),
    );
    expect(arrived.searchParams.get("state")).toBe("abc");
    return arrived.searchParams.get("code") ?? "";
  }

  test("gives tokens for the right verifier, once, and refreshes them", async () => {
    const { verifier, challenge } = pkce();
    const fields = {
      grant_type: "authorization_code",
      client_id: target.clients.spa?.id ?? "",
      redirect_uri: `${target.appUrl}/`,
      code: await code(challenge),
      code_verifier: verifier,
    };
    const answer = await tokenRequest(fields);
    expect(answer.status).toBe(200);
    const tokens = answer.json<{ id_token: string; access_token: string; refresh_token: string }>();
    expect((await viaApp(target, { token: tokens.access_token })).status).toBe(200);
    expect(decodeClaims(tokens.access_token)["scope"]).toBe("openid email");

    const refreshed = await tokenRequest({
      grant_type: "refresh_token",
      client_id: target.clients.spa?.id ?? "",
      refresh_token: tokens.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    expect(
      (await viaApp(target, { token: refreshed.json<{ id_token: string }>().id_token })).status,
    ).toBe(200);

    const again = await tokenRequest(fields);
    expect([again.status, again.json()]).toEqual([400, { error: "invalid_grant" }]);
  });

  test("gives nothing for another verifier", async () => {
    const { challenge } = pkce();
    const answer = await tokenRequest({
      grant_type: "authorization_code",
      client_id: target.clients.spa?.id ?? "",
      redirect_uri: `${target.appUrl}/`,
      code: await code(challenge),
      code_verifier: pkce().verifier,
    });
    expect([answer.status, answer.json()]).toEqual([400, { error: "invalid_grant" }]);
  });

  test("never sends a browser to an address that is not registered", async () => {
    const query = form({
      response_type: "code",
      client_id: target.clients.spa?.id ?? "",
      redirect_uri: "http://evil.example/",
    });
    const answer = await send(authUrl(target), { path: `/oauth2/authorize?${query}` });
    expect(answer.header("location") ?? "").not.toContain("evil.example/");
    expect(new URL(answer.header("location") ?? "", authUrl(target)).origin).toBe(authUrl(target));
  });

  test("the implicit grant is closed to this client", async () => {
    const query = form({
      response_type: "token",
      client_id: target.clients.spa?.id ?? "",
      redirect_uri: `${target.appUrl}/`,
    });
    const answer = await send(authUrl(target), { path: `/oauth2/authorize?${query}` });
    expect(answer.header("location")).toContain("error=unauthorized_client");
  });
});

describe("the guard's own client", () => {
  test.each([
    "/",
    "/.auth/signed-out",
    "/.auth/callback/",
    "/.auth/callback?next=/",
    "/.auth/callback/../../x",
    "/.auth/callbac",
    ".evil.example/.auth/callback",
  ])("sends no code to %s", async (path) => {
    const query = form({
      response_type: "code",
      client_id: target.clients.web.id,
      redirect_uri: `${target.appUrl}${path}`,
      code_challenge: pkce().challenge,
      code_challenge_method: "S256",
    });
    const page = `${authUrl(target)}/oauth2/authorize?${query}`;
    expect(await signInByForm(page, user.username, user.password)).toBe("");
  });

  test("gives nobody a token without its secret, for a code or for a refresh token", async () => {
    for (const fields of [
      {
        grant_type: "authorization_code",
        code: "x",
        redirect_uri: `${target.appUrl}/.auth/callback`,
      },
      { grant_type: "refresh_token", refresh_token: "x" },
    ]) {
      const answer = await tokenRequest({ ...fields, client_id: target.clients.web.id });
      expect([answer.status, answer.json()["error"]]).toEqual([400, "invalid_client"]);
    }
  });
});

describe("a machine", () => {
  test("signs in with its secret and is known by its client id", async () => {
    const answer = await viaApp(target, {
      path: "/me",
      token: await machineToken(target, "api/read"),
    });
    expect(answer.json()).toEqual({
      kind: "client",
      clientId: target.clients.machine.id,
      scopes: ["api/read"],
      issuer: `https://cognito-idp.${target.region}.amazonaws.com/${target.userPoolId}`,
    });
  });

  test("gets nothing with a wrong secret", async () => {
    const answer = await tokenRequest({
      grant_type: "client_credentials",
      client_id: target.clients.machine.id,
      client_secret: "wrong",
    });
    expect(answer.status).toBe(400);
    expect(answer.json()["error"]).toBe("invalid_client");
  });
});
