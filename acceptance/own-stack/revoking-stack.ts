import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

import { expect, vi } from "vitest";

import { app } from "../sample/stages.ts";
import { callApi, send, viaApp, type Answer } from "../support/client.ts";
import { authUrl, form, formType, pkce, signInByForm, tokenClient } from "../support/oauth.ts";
import type { RepositoryCopy } from "../support/repository-copy.ts";
import { startOwnStack, type OwnStack } from "./own-stack.ts";

/** The first parameter of the stack's list of ended sign-ins. */
export const listName = `/gatehouse/${app.name}/local/revoked`;
const password = "Correct-Horse-7";

export interface RevokingStack extends OwnStack {
  /** What a caller with this token gets at `/me`: 200, or the refusal's code. */
  readonly code: (token: string) => Promise<unknown>;
  /** `pnpm users revoke` as a person runs it here. */
  readonly revoke: (...args: readonly string[]) => Promise<Ended>;
  /**
   * The same, with something that happens after its first write and before it signs anybody out. Cognito throttles it there,
   * and the process stands still meanwhile; two seconds of the stack's clock pass.
   */
  readonly revokeAround: (
    args: readonly string[],
    username: string,
    meanwhile: () => Promise<void>,
  ) => Promise<Ended>;
  /** Calls an API of the stack as the administrator, whatever its clock says. */
  readonly api: (operation: string, input: object) => Promise<Answer>;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** @param copy of the repository, whose commands are for the sample's app. */
export async function startRevoking(
  copy: RepositoryCopy,
  options: Parameters<typeof startOwnStack>[0] = {},
): Promise<RevokingStack> {
  const own = await startOwnStack(options);
  const { stack, target, lines } = own;
  const run = (args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } => {
    const { accessKeyId, secretAccessKey, sessionToken } = target.credentials.admin;
    const main = join(copy.root, "packages/deploy/src/main.ts");
    const child = spawn(process.execPath, [main, "users", "revoke", ...args], {
      env: {
        AWS_ENDPOINT_URL_SSM: target.endpoints.ssm,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: target.endpoints.cognitoIdp,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        // Of the SDK's own patience where it is throttled.
        AWS_MAX_ATTEMPTS: "10",
      },
    });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (output += String(text)));
    return { child, ended: once(child, "close").then(() => ({ code: child.exitCode, output })) };
  };
  const api: RevokingStack["api"] = (operation, input) => {
    const date = new Date(stack.clock.now()).toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
    return callApi(target, operation, input, target.credentials.admin, { "x-amz-date": date });
  };
  return {
    ...own,
    api,
    code: async (token) => {
      const { status, ...answer } = await viaApp(target, { path: "/me", token });
      return status === 200 ? 200 : answer.json()["code"];
    },
    revoke: (...args) => run(args).ended,
    async revokeAround(args, username, meanwhile) {
      const clock = stopClock(own);
      const user = { UserPoolId: target.userPoolId, Username: username };
      await untilThrottled(() => api(`${userPoolApi}.AdminEnableUser`, user));
      const before = lines.length;
      const { child, ended } = run(args);
      await vi.waitFor(
        () => expect(lines.slice(before).join("\n")).toMatch(/AdminUserGlobalSignOut.*TooMany/),
        { timeout: 30_000, interval: 5 },
      );
      child.kill("SIGSTOP");
      // What it has already sent is answered before this.
      expect((await send(authUrl(target), { path: "/" })).status).toBeGreaterThan(0);
      clock.moveOn(2);
      await meanwhile();
      clock.start();
      child.kill("SIGCONT");
      return ended;
    },
  };
}

const userPoolApi = "AWSCognitoIdentityProviderService";

/** Lets the stack's clock stand still, so that no quota fills up again. Its functions' clocks go on. */
export function stopClock({ stack }: OwnStack) {
  let at = stack.clock.now();
  let late = 0;
  const standing = vi.spyOn(stack.clock, "now").mockImplementation(() => at);
  return {
    moveOn(seconds: number): void {
      at += seconds * 1000;
      late += seconds;
    },
    /** Not back to before what it was moved to. */
    start(): void {
      stack.clock.advance(late);
      standing.mockRestore();
    },
  };
}

/** Repeats a call until the quota is used up. */
export async function untilThrottled(call: () => Promise<Answer>): Promise<void> {
  const statuses = await Promise.all(Array.from({ length: 45 }, async () => (await call()).status));
  expect(statuses.at(-1)).toBe(400);
}

export async function putList(
  { api }: Pick<RevokingStack, "api">,
  value: string,
  name = listName,
): Promise<void> {
  const input = { Name: name, Value: value, Type: "String", Overwrite: true };
  expect((await api("AmazonSSM.PutParameter", input)).status).toBe(200);
}

/** A user of one test alone, with a password that stays. */
export async function newUser({ target, api }: RevokingStack): Promise<string> {
  const username = `revoked-${randomUUID()}`;
  const inPool = { UserPoolId: target.userPoolId, Username: username };
  const call = (operation: string, input: object) =>
    api(`${userPoolApi}.${operation}`, { ...inPool, ...input });
  expect((await call("AdminCreateUser", { MessageAction: "SUPPRESS" })).status).toBe(200);
  const permanent = { Password: password, Permanent: true };
  expect((await call("AdminSetUserPassword", permanent)).status).toBe(200);
  return username;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** @param browser its cookies, and the password that is typed there when the page asks for one. */
export async function signIn(
  { target }: OwnStack,
  username: string,
  { cookies = new Map<string, string>(), typed = password } = {},
): Promise<Tokens> {
  const { verifier, challenge } = pkce();
  const { fields: client } = tokenClient(target);
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

/** Refresh tokens rotate. @throws {Error} (rejects) when Cognito takes this one no more. */
export function refresh({ target }: OwnStack, { refresh_token }: Tokens): Promise<Tokens> {
  const { client_id } = tokenClient(target).fields;
  return exchange(target, { grant_type: "refresh_token", client_id, refresh_token });
}

async function exchange(
  target: OwnStack["target"],
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
