import { createHash, randomBytes } from "node:crypto";

import { readHostedForm } from "@sst-gatehouse/deploy/hosted-form";

import { send, type Answer } from "./client.ts";
import type { DeployedTarget, Target } from "./target.ts";

/** Where the hosted sign-in and its OAuth endpoints are. */
export function authUrl(target: Pick<Target, "signInUrl">): string {
  return new URL(target.signInUrl).origin;
}

export function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

export const formType = { "content-type": "application/x-www-form-urlencoded" };

/** A machine's access token, by its client id and secret. */
export async function machineToken(target: Target, scope: string): Promise<string> {
  const { id, secret } = target.clients.machine;
  const answer = await send(authUrl(target), {
    method: "POST",
    path: "/oauth2/token",
    headers: {
      ...formType,
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
    },
    body: form({ grant_type: "client_credentials", scope }),
  });
  if (answer.status !== 200) throw new Error(`no token for the machine: ${answer.text()}`);
  return answer.json<{ access_token: string }>().access_token;
}

/** A PKCE pair, S256. */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** A client that gives its tokens to programs: the public one, or the guard's own where the suite has its secret. */
export interface TokenClient {
  readonly fields: { readonly client_id: string; readonly redirect_uri: string };
  /** Of each call to the token endpoint. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws {TypeError} for a target without the public client and without a secret. */
export function tokenClient({ appUrl, clients }: DeployedTarget | Target): TokenClient {
  if (clients.spa !== undefined) {
    return { fields: { client_id: clients.spa.id, redirect_uri: `${appUrl}/` }, headers: formType };
  }
  const { id, secret } = clients.web;
  if (secret === undefined) throw new TypeError("the target has no client that gives tokens");
  return {
    fields: { client_id: id, redirect_uri: `${appUrl}/.auth/callback` },
    headers: {
      ...formType,
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
    },
  };
}

/**
 * Signs in as a person, by code with PKCE.
 *
 * @param scope that the access token is to carry.
 * @throws {Error} (rejects) when the sign-in leads to no tokens; the message holds none, and no password.
 */
export async function signIn(
  target: DeployedTarget | Target,
  { username, password }: Target["users"][number],
  scope = "openid email profile",
): Promise<Target["tokens"]> {
  const { verifier, challenge } = pkce();
  const { fields, headers } = tokenClient(target);
  const query = form({
    ...fields,
    response_type: "code",
    scope,
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  const page = `${authUrl(target)}/oauth2/authorize?${query}`;
  const arrived = await signInByForm(page, username, password);
  const code = URL.canParse(arrived) ? new URL(arrived).searchParams.get("code") : null;
  if (code === null) throw new Error(`${username} could not sign in at ${authUrl(target)}`);
  const answer = await send(authUrl(target), {
    method: "POST",
    path: "/oauth2/token",
    headers,
    body: form({ ...fields, grant_type: "authorization_code", code, code_verifier: verifier }),
  });
  if (answer.status !== 200)
    throw new Error(`${authUrl(target)} gave no tokens for a code: ${answer.status}`);
  const tokens = answer.json<{ id_token: string; access_token: string }>();
  return { id: tokens.id_token, access: tokens.access_token };
}

/**
 * Signs in on the hosted page as a browser without scripts would: gets the form, posts it back with its hidden fields
 * and cookies, and follows redirects on that host.
 *
 * @param cookies of the browser, which keeps those it gets; one that is signed in is not asked again.
 * @returns where the page finally sends the browser.
 */
export async function signInByForm(
  startUrl: string,
  username: string,
  password: string,
  cookies: Map<string, string> = new Map(),
): Promise<string> {
  let answer = await visit(startUrl, cookies);
  if (answer.leftTo !== undefined) return answer.leftTo;
  const { action, hidden } = readHostedForm(answer.text(), answer.url);
  answer = await visit(action.href, cookies, form({ ...hidden, username, password }));
  return answer.leftTo ?? "";
}

interface Visit extends Answer {
  readonly url: string;
  /** The address outside the sign-in host that the last redirect names. */
  readonly leftTo?: string;
}

async function visit(start: string, cookies: Map<string, string>, body?: string): Promise<Visit> {
  let url = new URL(start);
  let pending = body;
  for (let hops = 0; hops < 6; hops += 1) {
    const answer = await send(url.origin, {
      method: pending === undefined ? "GET" : "POST",
      path: `${url.pathname}${url.search}`,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(pending === undefined ? {} : { ...formType, origin: url.origin }),
      },
      ...(pending === undefined ? {} : { body: pending }),
    });
    for (const [name, value] of answer.headers) {
      if (name !== "set-cookie") continue;
      const [pair = ""] = value.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const location = answer.header("location");
    if (location === undefined) return { ...answer, url: url.href };
    const next = new URL(location, url);
    if (next.origin !== url.origin) return { ...answer, url: url.href, leftTo: next.href };
    url = next;
    pending = undefined;
  }
  throw new Error("the sign-in redirects too often");
}
