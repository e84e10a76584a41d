import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

import { revocationPageText } from "@sst-gatehouse/blueprint/revocations";
import type { StackOptions } from "@sst-gatehouse/local/stack";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { app } from "../sample/stages.ts";
import { callApi, send, viaApp } from "../support/client.ts";
import { decodeClaims } from "../support/forge.ts";
import { authUrl, form, formType, machineToken, pkce, signInByForm } from "../support/oauth.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { startOwnStack } from "./own-stack.ts";

/** Whose commands are for the sample's app. */
let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
});
afterAll(() => copy.remove());

const name = `/gatehouse/${app.name}/local/revoked`;
const password = "Correct-Horse-7";

async function start(options: Pick<StackOptions, "stage" | "unbaked"> = {}) {
  const { stack, target, lines } = await startOwnStack(options);
  const code = async (token: string): Promise<unknown> => {
    const { status, ...answer } = await viaApp(target, { path: "/me", token });
    return status === 200 ? 200 : answer.json()["code"];
  };
  /** `pnpm users revoke` as a person runs it here. */
  const revoke = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    const { accessKeyId, secretAccessKey, sessionToken } = target.credentials.admin;
    const main = join(copy.root, "packages/deploy/src/main.ts");
    const child = spawn(process.execPath, [main, "users", "revoke", ...args], {
      env: {
        AWS_ENDPOINT_URL_SSM: target.endpoints.ssm,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: target.endpoints.cognitoIdp,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (output += String(text)));
    await once(child, "close");
    return { code: child.exitCode, output };
  };
  return { stack, target, lines, code, revoke };
}
type Started = Awaited<ReturnType<typeof start>>;

function inSsm({ target }: Started, operation: string, input: object) {
  return callApi(target, `AmazonSSM.${operation}`, { Name: name, ...input });
}

async function put(started: Started, value: string, Name = name): Promise<void> {
  const answer = await inSsm(started, "PutParameter", {
    Name,
    Value: value,
    Type: "String",
    Overwrite: true,
  });
  expect(answer.status).toBe(200);
}

/** A user of this test alone, with a password that stays. */
async function newUser({ target }: Started): Promise<string> {
  const username = `revoked-${randomUUID()}`;
  const inPool = { UserPoolId: target.userPoolId, Username: username };
  const call = (operation: string, input: object) =>
    callApi(target, `AWSCognitoIdentityProviderService.${operation}`, { ...inPool, ...input });
  expect((await call("AdminCreateUser", { MessageAction: "SUPPRESS" })).status).toBe(200);
  const permanent = { Password: password, Permanent: true };
  expect((await call("AdminSetUserPassword", permanent)).status).toBe(200);
  return username;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** @param browser its cookies, and the password that is typed there when the page asks for one. */
async function signIn(
  { target }: Started,
  username: string,
  { cookies = new Map<string, string>(), typed = password } = {},
): Promise<Tokens> {
  const { verifier, challenge } = pkce();
  const callback = new URL(target.signInUrl).searchParams.get("redirect_uri") ?? "";
  const client = { client_id: target.clients.web.id, redirect_uri: callback };
  const query = form({
    ...client,
    response_type: "code",
    scope: "openid",
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  const page = `${authUrl(target)}/oauth2/authorize?${query}`;
  const arrived = await signInByForm(page, username, typed, cookies);
  const code = new URL(arrived).searchParams.get("code") ?? "";
  return exchange(target, {
    ...client,
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
  });
}

async function exchange(
  target: Started["target"],
  fields: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const answer = await send(authUrl(target), {
    method: "POST",
    path: "/oauth2/token",
    headers: formType,
    body: form(fields),
  });
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.status}`);
  return answer.json<Tokens & Record<string, unknown>>();
}

describe("a user who is revoked", () => {
  test("is out within a minute with every token, comes back by the password, and stays out when disabled", async () => {
    const started = await start();
    const { stack, target, code, revoke } = started;
    const username = await newUser(started);
    const before = await signIn(started, username);
    expect(await code(before.access_token)).toBe(200);
    // Taken before the revocation: after it Cognito would give none.
    stack.clock.advance(5);
    const refreshed = await exchange(target, {
      grant_type: "refresh_token",
      client_id: target.clients.web.id,
      refresh_token: before.refresh_token,
    });
    expect(decodeClaims(refreshed.access_token)["auth_time"]).toBe(
      decodeClaims(before.access_token)["auth_time"],
    );
    expect(decodeClaims(refreshed.access_token)["iat"]).not.toBe(
      decodeClaims(before.access_token)["iat"],
    );

    const revoked = await revoke(username);
    expect(revoked.output).toContain(`${username} is signed out of the stack on this machine.`);
    expect(revoked.code).toBe(0);
    stack.clock.advance(60);
    expect(await code(before.access_token)).toBe("token_revoked");
    expect(await code(refreshed.access_token)).toBe("token_revoked");
    expect(await code(target.tokens.access)).toBe(200);

    const after = await signIn(started, username);
    expect(await code(after.access_token)).toBe(200);

    expect((await revoke(username, "--disable")).code).toBe(0);
    stack.clock.advance(60);
    expect(await code(after.access_token)).toBe("token_revoked");
    await expect(signIn(started, username)).rejects.toThrow("Invalid URL"); // sent nowhere with a code
  });

  test("gains nothing by a hosted sign-in that still remembers the browser: the time is that of the password", async () => {
    const started = await start();
    const { stack, code, revoke } = started;
    const username = await newUser(started);
    const cookies = new Map<string, string>();
    const { access_token: before } = await signIn(started, username, { cookies });
    expect((await revoke(username)).output).toContain("Only --disable is a sure lock-out.");
    stack.clock.advance(60);
    expect(await code(before)).toBe("token_revoked");

    const { access_token: silent } = await signIn(started, username, { cookies, typed: "" });
    expect(silent).not.toBe(before);
    expect(await code(silent)).toBe("token_revoked");
    const { access_token: typed } = await signIn(started, username);
    expect(await code(typed)).toBe(200);
  });

  test("is signed out in the background, without any request waiting", async () => {
    const started = await start();
    const { stack, target, code, revoke } = started;
    const username = await newUser(started);
    const { access_token: token } = await signIn(started, username);
    expect(await code(token)).toBe(200);
    expect((await revoke(username)).code).toBe(0);
    expect(await code(token)).toBe(200);
    // Old enough to be certainly fetched again, and too young to be waited for.
    stack.clock.advance(55);
    await vi.waitFor(async () => expect(await code(token)).toBe("token_revoked"), 5000);
    expect(await code(target.tokens.access)).toBe(200);
  });

  test("does not exist: nothing is written, and a full list is not cut", async () => {
    const started = await start();
    const { revoke } = started;
    expect(await revoke("nobody")).toMatchObject({
      code: 1,
      output: expect.stringContaining("There is no user nobody"),
    });
    const now = Math.floor(started.stack.clock.now() / 1000);
    /** As many users as one parameter holds, in each of the ten that a list may have. */
    const full = (pages: number) =>
      revocationPageText({
        everybody: 0,
        users: new Map(Array.from({ length: 101 }, () => [randomUUID(), now])),
        pages,
      });
    const first = full(10);
    await put(started, first);
    for (let at = 1; at < 10; at += 1) await put(started, full(1), `${name}/${at}`);
    const username = await newUser(started);
    expect(await revoke(username)).toMatchObject({
      code: 1,
      output: expect.stringContaining("`users revoke --everybody` empties it"),
    });
    const { Parameter } = (await inSsm(started, "GetParameter", {})).json<{
      Parameter: { Value: string };
    }>();
    expect(Parameter.Value).toBe(first);
  });
});

describe("everybody", () => {
  test("is signed out by one time, machines too, and comes back", async () => {
    const started = await start();
    const { stack, target, code, revoke } = started;
    const machine = await machineToken(target, "api/read");
    expect(await code(machine)).toBe(200);
    expect(await code(target.tokens.id)).toBe(200);
    expect((await revoke("--everybody")).code).toBe(0);
    // Beyond what one request may start by itself: a container that was frozen waits for a new list.
    stack.clock.advance(600);
    expect(await Promise.all([target.tokens.id, target.tokens.access, machine].map(code))).toEqual([
      "token_revoked",
      "token_revoked",
      "token_revoked",
    ]);
    expect(await code(await machineToken(target, "api/read"))).toBe(200);
    expect((await viaApp(target, { path: "/public/a" })).status).not.toBe(401);
  });
});

describe("while Parameter Store has no list", () => {
  test("requests with a token are refused where the stage says so, others are not, and it heals", async () => {
    const started = await start();
    const { stack, target, code, lines } = started;
    expect(await code(target.tokens.access)).toBe(200);
    await inSsm(started, "DeleteParameter", {});
    stack.clock.advance(61);
    const refused = await viaApp(target, { path: "/me", token: target.tokens.access });
    expect([refused.status, refused.json()["code"], refused.header("retry-after")]).toEqual([
      503,
      "settings_unavailable",
      "5",
    ]);
    expect((await viaApp(target, { path: "/public/a" })).status).not.toBe(503);
    expect(lines.join("\n")).toMatch(/^api: .*revocations_refresh_failed.*TypeError/m);
    await put(started, '{"everybody":0,"users":{}}');
    stack.clock.advance(3);
    expect(await code(target.tokens.access)).toBe(200);
  });

  test("the last one counts where the stage says so", async () => {
    const started = await start({ stage: { revocation: "allow" } });
    const { stack, target, code, revoke } = started;
    const username = await newUser(started);
    const { access_token: token } = await signIn(started, username);
    expect((await revoke(username)).code).toBe(0);
    stack.clock.advance(61);
    expect(await code(token)).toBe("token_revoked");
    await inSsm(started, "DeleteParameter", {});
    stack.clock.advance(600);
    expect(await code(target.tokens.access)).toBe(200);
    expect(await code(token)).toBe("token_revoked");
  });

  test.each(["null", "{}", '{"everybody":0}', '{"everybody":99999999999,"users":{}}'])(
    "%s is not an empty list",
    async (value) => {
      const started = await start();
      const { stack, target, code } = started;
      expect(await code(target.tokens.access)).toBe(200);
      await put(started, value);
      stack.clock.advance(61);
      expect(await code(target.tokens.access)).toBe("settings_unavailable");
    },
  );
});

test("without a list nobody is asked, and revoking says that there is none", async () => {
  const started = await start({ stage: { revocation: "off" } });
  const { target, code, revoke, lines } = started;
  expect(await code(target.tokens.access)).toBe(200);
  expect(lines.filter((line) => line.includes("revocation"))).toEqual([]);
  expect(await revoke(await newUser(started))).toMatchObject({
    code: 1,
    output: expect.stringContaining("There is no list of revocations"),
  });
});

test("a guard that asks for its client ids leaves the list to the backend like any other", async () => {
  const started = await start({ unbaked: ["clients"] });
  const { stack, target, code, revoke, lines } = started;
  const username = await newUser(started);
  const { access_token: token } = await signIn(started, username);
  stack.clock.advance(1);
  expect((await revoke(username)).code).toBe(0);
  stack.clock.advance(60);
  expect(await code(token)).toBe("token_revoked");
  expect(await code(target.tokens.access)).toBe(200);
  expect(lines.filter((line) => line.includes("revocation"))).toEqual([
    'api: {"notice":"revocations_refreshed"}',
  ]);
});

test("a stage that leaves no sign-in to the backend keeps its promise by the guard", async () => {
  const started = await start({ stage: { backendChecksRevocation: false } });
  const { stack, target, code, revoke } = started;
  const username = await newUser(started);
  const { access_token: token } = await signIn(started, username);
  expect((await revoke(username)).code).toBe(0);
  stack.clock.advance(60);
  expect(await code(token)).toBe("token_revoked");
  expect(await code(target.tokens.access)).toBe(200);
});
