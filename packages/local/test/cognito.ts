import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";

import { createJsonApi } from "../src/aws/json-api/json-api.ts";
import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { createClock } from "../src/aws/clock.ts";
import type { Clock } from "../src/aws/clock.ts";
import { createIdentities } from "../src/aws/iam/identities.ts";
import type { Identity } from "../src/aws/iam/identities.ts";
import { createCognito } from "../src/aws/cognito/cognito.ts";
import type { Cognito, CognitoOptions } from "../src/aws/cognito/cognito.ts";
import type { JsonObject } from "../src/aws/json-api/json-service.ts";

/** Everything of the stand-in behind one real server, with a pool that has one user of each kind. */
export interface CognitoUnderTest {
  readonly cognito: Cognito;
  readonly clock: Clock;
  /** Of the hosted sign-in and of the API. */
  readonly origin: string;
  readonly admin: Identity;
  /** `<stand-in>: <reason>`, in order. */
  readonly explained: string[];
  /** Runs an operation of the user pool API from inside, without a signature. */
  readonly run: (operation: string, input: JsonObject) => Promise<unknown>;
  /** What the server does with a request: API, key set and hosted sign-in, told apart by the path. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const region = "eu-central-1";
export const accountId = "123456789012";
export const callbackUrl = "http://app.localhost:4280/.auth/callback";
export const logoutUrl = "http://app.localhost:4280/";
export const password = "Correct-horse-1";

export async function startCognito(
  options: Partial<
    Pick<CognitoOptions, "selfSignUp" | "hostedOrigin" | "issuerType" | "movesAuthTime" | "cimd">
  > = {},
): Promise<CognitoUnderTest> {
  const clock = createClock();
  const identities = createIdentities(accountId);
  const explained: string[] = [];
  const explain = (from: string, reason: string) => explained.push(`${from}: ${reason}`);
  const server = await startLoopbackServer();
  const cognito = await createCognito({
    region,
    accountId,
    hostedOrigin: server.origin,
    clock,
    explain,
    clients: ["web", "spa", "machine", "walkthrough"],
    redirectUrls: (name) =>
      name === "machine"
        ? { callbackUrls: [], logoutUrls: [] }
        : { callbackUrls: [callbackUrl, `${logoutUrl}?fixed=1`], logoutUrls: [logoutUrl] },
    resourceServerScopes: ["api/read", "api/write"],
    peopleScopes: ["api/read"],
    selfSignUp: false,
    users: [
      { username: "alice", password, groups: [], email: "alice@example.com" },
      { username: "ada", password, groups: ["admin", "staff"], email: "ada@example.com" },
      { username: "newcomer", password, groups: [], email: "new@example.com", temporary: true },
    ],
    ...options,
  });
  const admin = identities.assumeRole("admin", "test", [
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "cognito-idp:*", Resource: "*" }],
    },
  ]);
  const api = createJsonApi({ services: [cognito.service], region, identities, clock, explain });
  server.handle = (request, response) => {
    if (request.url === "/") return api.handle(request, response);
    const keySet = request.url?.startsWith(`/${cognito.poolId}/`);
    return keySet ? cognito.handleIdp(request, response) : cognito.handleHosted(request, response);
  };
  return {
    cognito,
    clock,
    origin: server.origin,
    admin,
    explained,
    run: async (operation, input) =>
      cognito.service.operations[operation]?.run(
        { UserPoolId: cognito.poolId, ...input },
        undefined,
      ),
    handle: server.handle,
    close: server.close,
  };
}

/** An app client whose users may sign in through the API, unlike the stack's own. @returns its id. */
export async function newPasswordClient(stand: CognitoUnderTest): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = stand.admin;
  const admin = new CognitoIdentityProviderClient({
    region,
    endpoint: stand.origin,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const { UserPoolClient } = await admin.send(
    new CreateUserPoolClientCommand({
      UserPoolId: stand.cognito.poolId,
      ClientName: "api",
      ExplicitAuthFlows: [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
      ],
    }),
  );
  admin.destroy();
  return UserPoolClient?.ClientId ?? "";
}

export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** A browser without scripts: keeps cookies, follows nothing by itself. */
export interface Browser {
  readonly cookies: Map<string, string>;
  get(path: string): Promise<Response>;
  post(path: string, fields: Record<string, string>): Promise<Response>;
  /** Loads the form, fills it in and sends it. */
  signIn(query: string, username: string, password: string): Promise<Response>;
}

export function openBrowser(origin: string, fetchBy: typeof fetch = fetch): Browser {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const headers: Record<string, string> = cookie === "" ? {} : { cookie };
    const response = await fetchBy(`${origin}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const browser: Browser = {
    cookies,
    get: (path) => send(path, {}),
    post: (path, fields) => send(path, { method: "POST", body: new URLSearchParams(fields) }),
    async signIn(query, username, secret) {
      const form = await (await browser.get(`/login?${query}`)).text();
      return browser.post(`/login?${query}`, {
        _csrf: hiddenField(form, "_csrf"),
        username,
        password: secret,
      });
    },
  };
  return browser;
}

/** The value of a hidden field of a page; a page without it is an error. */
export function hiddenField(html: string, name: string): string {
  const [, value] =
    new RegExp(`<input type="hidden" name="${name}" value="([^"]*)">`).exec(html) ?? [];
  if (value === undefined) throw new TypeError(`the page has no field ${name}`);
  return value;
}

/** Where a redirect leads. */
export function locationOf(response: Response): URL {
  const location = response.headers.get("location");
  if (response.status !== 302 || location === null)
    throw new TypeError(`no redirect but ${response.status}`);
  return new URL(location);
}

/** Header and payload of a JWT, unverified. */
export function decodeJwt(token: string): {
  header: string;
  payload: string;
  claims: Record<string, unknown>;
} {
  const [header = "", payload = ""] = token
    .split(".", 2)
    .map((part) => Buffer.from(part, "base64url").toString());
  const claims: Record<string, unknown> = JSON.parse(payload);
  return { header, payload, claims };
}
