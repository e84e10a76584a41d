import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { PassThrough } from "node:stream";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { revokeInStage } from "@sst-gatehouse/deploy/revoke";
import { users } from "@sst-gatehouse/deploy/users";
import { expect, vi } from "vitest";

import { sample } from "../sample/sample.ts";
import { app } from "../sample/stages.ts";
import { callApi, send, viaApp, type Answer } from "../support/client.ts";
import { authUrl, form, formType, pkce, signInByForm, tokenClient } from "../support/oauth.ts";
import type { RepositoryCopy } from "../support/repository-copy.ts";
import { startOwnStack, type OwnStack } from "./own-stack.ts";
import { runHere } from "../support/run-here.ts";

/** The first parameter of the stack's list of ended sign-ins. */
export const listName = `/gatehouse/${app.name}/local/revoked`;
/** Of every user that is made here. */
export const password = "Correct-Horse-7";

export interface RevokingStack extends OwnStack {
  /** What a caller with this token gets at `/me`: 200, or the refusal's code. */
  readonly code: (token: string) => Promise<unknown>;
  /** `npx gatehouse users revoke`, in this process. */
  readonly revoke: (...args: readonly string[]) => Promise<Ended>;
  /** The same as a person runs it here. @param copy of the repository, whose commands are for the sample's app. */
  readonly revokeByCommand: (copy: RepositoryCopy, ...args: readonly string[]) => Promise<Ended>;
  /**
   * The same for one user or for everybody, in this process, with something that happens after the first write and before
   * anybody is signed out: Cognito throttles that, and nothing is asked of it again until it has happened. Two seconds
   * of the stack's clock pass.
   *
   * @param asked what is revoked; everybody when undefined.
   * @param known a user, whom it may wear out Cognito's quota with.
   */
  readonly revokeAround: (
    asked: string | undefined,
    known: string,
    meanwhile: () => Promise<void>,
  ) => Promise<number>;
  /** Calls an API of the stack as the administrator, whatever its clock says. */
  readonly api: (operation: string, input: object) => Promise<Answer>;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export async function startRevoking(
  options: Parameters<typeof startOwnStack>[0] = {},
): Promise<RevokingStack> {
  const own = await startOwnStack(options);
  const { stack, target, lines } = own;
  const { accessKeyId, secretAccessKey, sessionToken } = target.credentials.admin;
  const env = {
    AWS_ENDPOINT_URL_SSM: target.endpoints.ssm,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: target.endpoints.cognitoIdp,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
  const run: RevokingStack["revokeByCommand"] = async ({ root }, ...args) => {
    const main = join(root, "packages/sst-gatehouse-dev/src/main.ts");
    const child = spawn(process.execPath, [main, "users", "revoke", ...args], {
      cwd: root,
      env,
    });
    let output = "";
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (output += String(text)));
    await once(child, "close");
    return { code: child.exitCode, output };
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
    async revoke(...args) {
      const { code, stdout, stderr } = await runHere(users, ["revoke", ...args], sample, env);
      return { code, output: stdout + stderr };
    },
    revokeByCommand: run,
    async revokeAround(asked, known, meanwhile) {
      const clock = stopClock(own);
      const user = { UserPoolId: target.userPoolId, Username: known };
      await untilThrottled(() => api(`${userPoolApi}.AdminEnableUser`, user));
      const before = lines.length;
      const held = new EventEmitter();
      const released = once(held, "released");
      let isHeld = false;
      let underWay = 0;
      const answered = (): void => {
        underWay -= 1;
        if (isHeld && underWay === 0) held.emit("quiet");
      };
      const { region, endpoints, credentials } = target;
      const common = { region, credentials: credentials.admin };
      const ended = revokeInStage(
        { username: asked, stage: undefined, disable: false },
        {
          context: {
            ...sample,
            stdin: new PassThrough(),
            stdout: new PassThrough(),
            stderr: new PassThrough(),
            env: {},
          },
          ssm: new SSMClient({ ...common, endpoint: endpoints.ssm }),
          cognito: new CognitoIdentityProviderClient({
            ...common,
            endpoint: endpoints.cognitoIdp,
            retryStrategy: {
              async acquireInitialRetryToken() {
                if (isHeld) await released;
                underWay += 1;
                return firstAttempt;
              },
              async refreshRetryTokenForRetry(token, { errorType }) {
                if (errorType !== "THROTTLING") return token;
                isHeld = true;
                answered();
                await released;
                underWay += 1;
                return token;
              },
              recordSuccess: answered,
            },
          }),
          wait: () => Promise.reject(new Error("nothing is throttled twice")),
        },
      );
      await Promise.race([once(held, "quiet"), ended]);
      expect(lines.slice(before).join("\n")).toMatch(/AdminUserGlobalSignOut.*TooMany/);
      clock.moveOn(2);
      await meanwhile();
      clock.start();
      isHeld = false;
      held.emit("released");
      return ended;
    },
  };
}

const firstAttempt = { getRetryCount: () => 0, getRetryDelay: () => 0 };
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
