import { createHash, randomBytes } from "node:crypto";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { GuardError } from "@sst-gatehouse/core/errors";
import { type FixedClock, fixedClock } from "@sst-gatehouse/testkit/tokens";
import type { CloudFrontRequest, CloudFrontResultResponse } from "aws-lambda";

import { composeGuard, type GuardParts, type LazyFiles } from "../src/compose.ts";
import { createLog } from "../src/log.ts";
import { createProtectedResource } from "../src/resource.ts";
import * as responses from "../src/responses.ts";
import type { PostForm } from "../src/session/post-form.ts";
import { createSealedSessions } from "../src/session/sealed-session.ts";
import type { Session } from "../src/session/session-cookies.ts";
import * as browserHalf from "../src/session/sessions.ts";
import { access as defaultAccess } from "./access.ts";
import { createFakeCognito, type FakeCognito } from "./cognito.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";
import { type EventParts, originRequestEvent, guardSettings } from "./events.ts";

/** The app's own origin: of the distribution that the events name. */
export const appOrigin = "https://d111111abcdef8.cloudfront.net";
export const hostedOrigin = "https://auth.example.com";

/** The headers of a link that somebody has followed, within the app. */
export const followed = {
  accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};
/** Of a link from another site, and of what a browser is redirected to from there. */
export const fromElsewhere = { ...followed, "sec-fetch-site": "cross-site" };
/** Of the app's own script. */
export const fetched = {
  accept: "*/*",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
};

/** The keys that a bench seals sessions with. */
export const sealing: SealingKeys = { keys: [randomBytes(32).toString("base64")] };
const sealed = createSealedSessions(
  sealing,
  `__Host-Http-gatehouse-session ${guardSettings.prefix}`,
);
const sessionName = "__Host-Http-gatehouse-session.1of1";
const sessionAttributes = "Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax";

/** What came out of the guard: an answer of its own, or the request that CloudFront is to send on. */
export interface Outcome {
  /** 0 for a request that was forwarded. */
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly location: string | undefined;
  /** Each `Set-Cookie` line. */
  readonly cookies: readonly string[];
  readonly body: string;
  /** Of a problem document or of a page that explains. */
  readonly code: string | undefined;
  readonly forwarded: CloudFrontRequest | undefined;
}

export interface Bench {
  readonly clock: FixedClock;
  readonly cognito: FakeCognito;
  readonly jar: CookieJar;
  /** Everything that was logged, one JSON line each. */
  readonly lines: readonly string[];
  /** Every path that the guard has signed for: it asks for its role's credentials once for each. */
  readonly signed: readonly string[];
  /** What Parameter Store has as the app client's secret. */
  readonly parameter: { secret: string | undefined };
  /** When it was read. */
  readonly secretReads: readonly number[];
  /** The people whose sign-ins were ended: refused as `token_revoked` from then on. */
  readonly revoked: Set<string>;
  /** Whose sign-in was looked up, each time that it was. */
  readonly lookedUp: readonly string[];
  /** One request as it is, no cookie but those of the headers. */
  readonly send: (parts: EventParts) => Promise<Outcome>;
  /** One request with the jar's cookies, which keeps what the answer sets. */
  readonly browse: (path: string, parts?: EventParts) => Promise<Outcome>;
  /**
   * A browser's window: follows redirects, the hosted sign-in's among them, and pages that go on by themselves.
   *
   * @returns where it ends, and every address on the way.
   */
  readonly visit: (
    path: string,
    parts?: EventParts,
  ) => Promise<Outcome & { readonly hops: readonly string[] }>;
  /** Signs alice in, and returns her session. */
  readonly signIn: () => Promise<Session>;
}

const credentials = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "secret",
  sessionToken: "session-token",
};

export interface BenchOptions {
  /** Puts the guard together in another way. */
  readonly compose?: Compose;
  /** In the place of the rules that these tests go by. */
  readonly access?: AccessRules;
  readonly revocation?: GuardSettings["revocation"];
  /** Each look at the time, in milliseconds, for the steps of a request; it stands still when left out. */
  readonly elapsed?: () => number;
  /** Other keys for sessions. */
  readonly sealing?: SealingKeys;
  /** Another container of the same stage: one clock, one user pool. */
  readonly beside?: Bench;
  /** In the place of the bench's own. */
  readonly clock?: FixedClock;
  /** What posts to the user pool's hosted sign-in, and the app client's secret; in the place of the bench's own. */
  readonly userPool?: { readonly post: PostForm; readonly secret: string };
  /** In the place of the files that a bench has: the browser half and a list of ended sign-ins. */
  readonly files?: Partial<LazyFiles>;
}

export type Compose = (parts: GuardParts) => ReturnType<typeof composeGuard>;

/**
 * The guard with its browser half, a user pool and a browser; the clock stands still until it is moved. The stage keeps a
 * list of ended sign-ins, which is at hand.
 */
export function createBench(
  settingsFile: GuardSettings = guardSettings,
  {
    compose = composeGuard,
    revocation = { mode: "on", whenUnknown: "refuse" },
    files = {},
    sealing: keys = sealing,
    beside,
    clock: givenClock,
    userPool,
    access = defaultAccess,
    elapsed = () => 0,
  }: BenchOptions = {},
): Bench {
  const clock = beside?.clock ?? givenClock ?? fixedClock();
  const { now } = clock;
  const lines: string[] = [];
  const revoked = new Set<string>();
  const lookedUp: string[] = [];
  const signed: string[] = [];
  const secretReads: number[] = [];
  let asked = "";
  const cognito = beside?.cognito ?? createFakeCognito(now);
  const jar = createCookieJar(now);
  const parameter: Bench["parameter"] = { secret: userPool?.secret ?? cognito.secrets[0] };
  const benchFiles: LazyFiles = {
    responses: () => responses,
    network: notNeeded,
    parameterStore: notNeeded,
    stageRevocations: () => ({
      openRevocations: () => async (signIn) => {
        lookedUp.push(signIn.sub);
        if (revoked.has(signIn.sub))
          throw new GuardError("token_revoked", "This sign-in was ended.");
      },
    }),
    protectedResource: () => ({ createProtectedResource }),
    browserHalf: () => ({
      ...browserHalf,
      createSessions: (deps) =>
        browserHalf.createSessions({
          ...deps,
          post: userPool?.post ?? cognito.post,
          async readSecret() {
            secretReads.push(now());
            return parameter.secret;
          },
        }),
    }),
  };
  const handle = compose({
    settings: { ...settingsFile, revocation },
    access,
    sealing: keys,
    now,
    elapsed,
    log: createLog((line) => lines.push(line)),
    credentials() {
      signed.push(asked);
      return credentials;
    },
    files: { ...benchFiles, ...files },
  });

  const send = async (parts: EventParts): Promise<Outcome> => {
    asked = parts.uri ?? "/";
    const result = await handle(originRequestEvent(parts));
    if (result === null || result === undefined) throw new TypeError("the guard gave nothing back");
    return "uri" in result ? forwarded(result) : answered(result);
  };
  const browse = async (path: string, parts: EventParts = {}): Promise<Outcome> => {
    const [uri = "", ...query] = path.split("?");
    const cookie = jar.header();
    const outcome = await send({
      uri,
      querystring: query.join("?"),
      ...parts,
      headers: { ...followed, ...parts.headers, ...(cookie === "" ? {} : { cookie }) },
    });
    jar.keep(outcome.cookies);
    return outcome;
  };
  const visit: Bench["visit"] = async (path, parts) => {
    const hops: string[] = [];
    let outcome = await browse(path, parts);
    for (let next = nextOf(outcome); next !== undefined; next = nextOf(outcome)) {
      hops.push(next);
      if (hops.length > 30) throw new Error(`too many redirects: ${hops.join("\n")}`);
      const url = new URL(next, appOrigin);
      const atHome = url.origin === hostedOrigin ? new URL(cognito.browse(url)) : url;
      if (atHome !== url) hops.push(atHome.href);
      if (atHome.origin !== appOrigin) throw new Error(`sent to ${atHome.origin}`);
      outcome = await browse(`${atHome.pathname}${atHome.search}`, { headers: fromElsewhere });
    }
    return { ...outcome, hops };
  };

  return {
    clock,
    cognito,
    jar,
    lines,
    signed,
    parameter,
    secretReads,
    revoked,
    lookedUp,
    send,
    browse,
    visit,
    async signIn() {
      await visit("/.auth/login?return_to=/public/start");
      return sessionIn(jar);
    },
  };
}

/** The session that a browser has. @throws {Error} when it has none that a bench has sealed. */
export function sessionIn(jar: CookieJar): Session {
  const session = sealed.open(jar.get(sessionName) ?? "", appOrigin);
  if (session === undefined) throw new Error("the browser has no session");
  return session;
}

function notNeeded(): never {
  throw new TypeError("this file is not needed here");
}

/** The cookie of a session that fits into one part, as a bench seals it. */
export function sessionCookie(session: Session): string {
  return `${sessionName}=${sealed.seal(session, appOrigin)}`;
}

/** Its `Set-Cookie` line, once it was opened by {@link openedLines}. */
export function sessionLines(session: Session): readonly string[] {
  return [`${sessionName}=${inTheOpen(session)}; ${sessionAttributes}`];
}

/** `Set-Cookie` lines, that of a session with its two tokens in the open: what is sealed differs each time. */
export function openedLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line.replace(
      /^(__Host-Http-gatehouse-session\.1of1=)([\w-]+)(?=;)/,
      (_all, name: string, value: string) => {
        const session = sealed.open(value, appOrigin);
        return `${name}${session === undefined ? "cannot be opened" : inTheOpen(session)}`;
      },
    ),
  );
}

function inTheOpen({ accessToken, refreshToken }: Session): string {
  return `<${accessToken} ${refreshToken}>`;
}

/** The `Set-Cookie` line that ends a cookie of the guard. */
export function ended(name: string): string {
  return `__Host-Http-gatehouse-${name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** Whether a page has this script, and allows it and no other by its policy. */
export function runs({ headers, body }: Outcome, script: string): boolean {
  const [policy = ""] = headers["content-security-policy"] ?? [];
  const hash = createHash("sha256").update(script).digest("base64");
  return (
    policy.includes(`script-src 'sha256-${hash}';`) && body.includes(`<script>${script}</script>`)
  );
}

/** PKCE's S256, computed by the other side. */
export function s256(codeVerifier: string): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}

function nextOf({ status, location, body }: Outcome): string | undefined {
  if (status === 302 || status === 307) return location;
  return /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(body)?.[1];
}

function forwarded(request: CloudFrontRequest): Outcome {
  const nothing = { location: undefined, cookies: [], body: "", code: undefined };
  return { status: 0, headers: valuesOf(request.headers), ...nothing, forwarded: request };
}

function answered(response: CloudFrontResultResponse): Outcome {
  const headers = valuesOf(response.headers ?? {});
  const body = response.body ?? "";
  return {
    status: Number(response.status),
    headers,
    location: headers["location"]?.[0],
    cookies: headers["set-cookie"] ?? [],
    body,
    code: /"code":"(\w+)"|class="aside">(\w+), request/.exec(body)?.slice(1).find(Boolean),
    forwarded: undefined,
  };
}

function valuesOf(
  headers: CloudFrontRequest["headers"],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, lines]) => [name, lines.map(({ value }) => value)]),
  );
}
