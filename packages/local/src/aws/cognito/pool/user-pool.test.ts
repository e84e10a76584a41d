import { afterEach, describe, expect, test } from "vitest";

import {
  callbackUrl,
  decodeJwt,
  newPasswordClient,
  openBrowser,
  password,
  region,
  startCognito,
} from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";
import type { CognitoOptions } from "../cognito.ts";

let stand: CognitoUnderTest | undefined;
afterEach(() => stand?.close());

async function start(
  options: Partial<Pick<CognitoOptions, "issuerType" | "movesAuthTime">> = {},
): Promise<CognitoUnderTest> {
  stand = await startCognito(options);
  return stand;
}

const claimsOf = (token: unknown) => decodeJwt(String(token)).claims;

async function refresh({ cognito, origin }: CognitoUnderTest, refreshToken: unknown) {
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: cognito.clientId("spa"),
    refresh_token: String(refreshToken),
  });
  const answer = await fetch(`${origin}/oauth2/token`, { method: "POST", body });
  expect(answer.status).toBe(200);
  const tokens: Record<string, unknown> = await answer.json();
  return tokens;
}

describe("the issuer", () => {
  const names = (poolId: string) => ({
    ORIGINAL: `https://cognito-idp.${region}.amazonaws.com/${poolId}`,
    UPDATED: `https://issuer-cognito-idp.${region}.amazonaws.com/${poolId}`,
  });

  test.each(["ORIGINAL", "UPDATED"] as const)(
    "of an %s pool is in every token and in the description",
    async (issuerType) => {
      const pool = await start({ issuerType });
      const { cognito, origin } = pool;
      const iss = names(cognito.poolId)[issuerType];
      const { id, access, refresh: refreshToken } = await cognito.tokensFor("ada", "spa");
      const machine = await cognito.machineToken("machine");
      const next = await refresh(pool, refreshToken);
      for (const token of [id, access, machine, next["id_token"], next["access_token"]])
        expect(claimsOf(token)["iss"]).toBe(iss);
      const described = await fetch(`${origin}/${cognito.poolId}/.well-known/openid-configuration`);
      expect(await described.json()).toMatchObject({
        issuer: iss,
        jwks_uri: `${iss}/.well-known/jwks.json`,
      });
    },
  );

  test("changes with UpdateUserPool: the same keys, the same person, and old tokens stay good", async () => {
    const pool = await start();
    const { cognito, origin, run } = pool;
    const { ORIGINAL, UPDATED } = names(cognito.poolId);
    const before = await cognito.tokensFor("ada", "spa");
    const keys = cognito.keySet();
    const type = async () =>
      Object(Object(await run("DescribeUserPool", {}))["UserPool"])["IssuerConfiguration"];
    expect(await type()).toEqual({ Type: "ORIGINAL" });

    const adminsOnly = { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } };
    await run("UpdateUserPool", { ...adminsOnly, IssuerConfiguration: { Type: "UPDATED" } });
    expect([await type(), cognito.keySet()]).toEqual([{ Type: "UPDATED" }, keys]);
    const after = await refresh(pool, before.refresh);
    const [old, next] = [claimsOf(before.access), claimsOf(after["access_token"])];
    expect([old["iss"], next["iss"], next["sub"]]).toEqual([ORIGINAL, UPDATED, old["sub"]]);
    for (const token of [before.access, after["access_token"]]) {
      const userInfo = await fetch(`${origin}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${String(token)}` },
      });
      expect(userInfo.status).toBe(200);
    }

    // What is left out goes back to AWS's default.
    await run("UpdateUserPool", adminsOnly);
    expect(await type()).toEqual({ Type: "ORIGINAL" });
  });

  test.each([
    ["another type", { IssuerConfiguration: { Type: "updated" } }, "Type: updated"],
    ["a change of who may sign up", { AdminCreateUserConfig: {} }, "AdminCreateUserConfig"],
    ["anything else", { MfaConfiguration: "ON" }, "does not support MfaConfiguration"],
  ])("is not changed together with %s", async (_what, change, message) => {
    const { run } = await start();
    const input = {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      IssuerConfiguration: { Type: "UPDATED" },
      ...change,
    };
    await expect(run("UpdateUserPool", input)).rejects.toThrow(message);
  });
});

describe("auth_time", () => {
  const authTimes = (tokens: readonly unknown[]) =>
    tokens.map((token) => claimsOf(token)["auth_time"]);

  test("of a refreshed token is the first sign-in's", async () => {
    const pool = await start();
    const first = await pool.cognito.tokensFor("ada", "spa");
    const authTime = claimsOf(first.access)["auth_time"];
    pool.clock.advance(600);
    const second = await refresh(pool, first.refresh);
    expect(authTimes([second["id_token"], second["access_token"]])).toEqual([authTime, authTime]);
  });

  test("moves with every refresh in an account where rotation does that, in both tokens", async () => {
    const pool = await start({ movesAuthTime: true });
    const first = await pool.cognito.tokensFor("ada", "spa");
    let refreshToken: unknown = first.refresh;
    for (let count = 0; count < 2; count += 1) {
      pool.clock.advance(600);
      const next = await refresh(pool, refreshToken);
      refreshToken = next["refresh_token"];
      const { iat } = claimsOf(next["access_token"]);
      expect(iat).toBeGreaterThanOrEqual(Number(claimsOf(first.access)["iat"]) + 600);
      expect(authTimes([next["id_token"], next["access_token"]])).toEqual([iat, iat]);
    }
  });

  test("stays in that account too where the client does not rotate", async () => {
    const pool = await start({ movesAuthTime: true });
    const { clock, run } = pool;
    const ClientId = await newPasswordClient(pool);
    const grant = async (AuthFlow: string, AuthParameters: Record<string, string>) =>
      Object(await run("InitiateAuth", { ClientId, AuthFlow, AuthParameters }))[
        "AuthenticationResult"
      ];
    const first = await grant("USER_PASSWORD_AUTH", { USERNAME: "ada", PASSWORD: password });
    clock.advance(600);
    const next = await grant("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: first["RefreshToken"] });
    const authTime = claimsOf(first["AccessToken"])["auth_time"];
    expect(authTimes([next["IdToken"], next["AccessToken"]])).toEqual([authTime, authTime]);
  });

  test("stays in that account too for a silent sign-in", async () => {
    const pool = await start({ movesAuthTime: true });
    const { cognito, clock, origin } = pool;
    const query = new URLSearchParams({
      client_id: cognito.clientId("walkthrough"),
      redirect_uri: callbackUrl,
      response_type: "token",
      scope: "openid",
    }).toString();
    const browser = openBrowser(origin);
    const tokenIn = (answer: Response) =>
      new URLSearchParams(new URL(answer.headers.get("location") ?? "").hash.slice(1)).get(
        "id_token",
      );
    const first = tokenIn(await browser.signIn(query, "ada", password));
    clock.advance(600);
    const silent = tokenIn(await browser.get(`/oauth2/authorize?${query}`));
    expect(claimsOf(silent)["auth_time"]).toBe(claimsOf(first)["auth_time"]);
  });
});
