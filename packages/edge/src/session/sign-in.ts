import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import type { CloudFrontResultResponse } from "aws-lambda";

import {
  comesFromHere,
  isTopLevel,
  isWithoutDestination,
  saysHowItWasFetched,
} from "../http/navigation.ts";
import { only } from "../http/viewer-headers.ts";

import { type Attempt, createAttempt, writeAttempt } from "./attempt.ts";
import type { GuardCookies } from "./cookies.ts";
import type { HostedSignIn } from "./hosted-sign-in.ts";
import type { Visit } from "./open-session.ts";
import { keepFragment } from "./page-scripts.ts";
import { page, type PageContent } from "./pages.ts";
import { type Query, readQuery } from "./query.ts";
import { redirect } from "./redirect.ts";
import { isReturnPath } from "./return-path.ts";
import { SignInError } from "./sign-in-error.ts";

export interface SignInOptions {
  readonly returnPath: string;
  readonly kind: Attempt["kind"];
  readonly restarts?: 0 | 1;
  /** Asks for the password even where the hosted sign-in still knows the browser. */
  readonly fresh?: boolean;
  /** For the hosted sign-in, by its own names. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Further `Set-Cookie` lines. */
  readonly cookies?: readonly string[];
}

/** Sends a browser to the hosted sign-in, with an attempt of its own. */
export function startSignIn(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  now: number,
  options: SignInOptions,
): CloudFrontResultResponse {
  const { url, cookies } = prepareSignIn(visit, hosted, requestCookies, now, options);
  return redirect(302, url, cookies);
}

/** A new attempt, and where it begins. */
function prepareSignIn(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  now: number,
  { returnPath, kind, restarts = 0, fresh = false, hints = {}, cookies = [] }: SignInOptions,
): { readonly url: string; readonly cookies: readonly string[] } {
  const attempt = createAttempt({ returnPath, kind, restarts }, now);
  const callbackUrl = `${visit.origins[0]}${callbackPath}`;
  return {
    url: hosted.signInUrl(attempt, callbackUrl, { fresh, hints }),
    cookies: [...writeAttempt(attempt, requestCookies, now), ...cookies],
  };
}

/**
 * Sends a window first to a page that keeps the fragment of its address: a redirect to another site must not carry it
 * along, and a server never sees it. Programs, which have none to keep, are sent to the hosted sign-in at once: of all
 * navigations, only browsers' own say that they would rather have https. WebKit says so over http alone, and is known by
 * its name.
 *
 * @see https://bugs.webkit.org/show_bug.cgi?id=157885
 */
export function keepingFragment(
  { http: { method, headers } }: Visit,
  { returnPath, fresh = false, cookies = [] }: SignInOptions,
): CloudFrontResultResponse | undefined {
  const isWindow =
    headers["upgrade-insecure-requests"] !== undefined ||
    /^Mozilla\/5\.0 .*AppleWebKit\//.test(only(headers["user-agent"]) ?? "");
  if (method !== "GET" || !isWindow) return undefined;
  const query = new URLSearchParams({
    return_to: returnPath,
    fragment: "ask",
    ...(fresh ? { fresh: "1" } : {}),
  });
  return redirect(302, `/.auth/login?${query.toString()}`, cookies, true);
}

/** What Cognito's sign-in may be told, in its own alphabets. */
const hintPatterns: Readonly<Record<string, RegExp>> = {
  /** A company sign-on of the user pool, by its name there: skips the choice. */
  identity_provider: /^[\w.-]{1,32}$/,
  /** The language of the pages: `de`, `pt-BR`. */
  lang: /^[a-z]{2}(?:-[A-Z]{2})?$/,
  /** A user name or an e-mail address, to be filled in. */
  login_hint: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u,
};

/**
 * `GET /.auth/login?return_to=`. `fresh=1` asks for the password in any case; `identity_provider`, `lang` and `login_hint`
 * reach Cognito. `again=1` marks a sign-in that the guard has restarted by itself, which it does once; `posted=1` one that
 * came in the place of a form; `fragment=ask` one whose window may have a fragment to keep, `fragment=1` one that keeps it.
 *
 * @throws {SignInError} `sign_in_not_top_level`, `sign_in_malformed`, `sign_in_return_path`.
 */
export function login(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  now: number,
): CloudFrontResultResponse {
  requireTopLevel(visit);
  const query = readQuery(visit.http.query, [
    "return_to",
    "fresh",
    "again",
    "posted",
    "fragment",
    ...Object.keys(hintPatterns),
  ]);
  const options: SignInOptions = {
    returnPath: requireReturnPath(query("return_to")) ?? "/",
    fresh: query("fresh") === "1",
    kind: kindOf(query),
    restarts: query("again") === "1" ? 1 : 0,
    hints: requireHints(query),
  };
  if (query("fragment") !== "ask") return startSignIn(visit, hosted, requestCookies, now, options);
  const { url, cookies } = prepareSignIn(visit, hosted, requestCookies, now, options);
  const kept = new URLSearchParams(visit.http.query);
  kept.set("fragment", "1");
  const content: PageContent = {
    heading: "Sign in",
    sentences: ["You are on your way to the sign-in."],
    actions: [
      { label: "Sign in", href: url, withFragment: `${visit.http.path}?${kept.toString()}` },
    ],
    continueTo: url,
    script: keepFragment,
  };
  return page(200, content, { hostedOrigin: hosted.origin, cookies });
}

function kindOf(query: Query): Attempt["kind"] {
  if (query("posted") === "1") return "posted";
  return query("fragment") === "1" ? "fragment" : "plain";
}

/** @throws {SignInError} `sign_in_malformed` */
function requireHints(query: Query): Readonly<Record<string, string>> {
  const hints: Record<string, string> = {};
  for (const [name, pattern] of Object.entries(hintPatterns)) {
    const value = query(name);
    if (value === undefined) continue;
    if (!pattern.test(value))
      throw new SignInError("sign_in_malformed", `${name} has no possible value.`);
    hints[name] = value;
  }
  return hints;
}

/** @throws {SignInError} `sign_in_return_path` */
export function requireReturnPath(path: string | undefined): string | undefined {
  if (path === undefined || isReturnPath(path)) return path;
  throw new SignInError(
    "sign_in_return_path",
    "return_to must be a path of this site: one slash at the start, at most 2,048 characters, not below /.auth/, with everything but plain ASCII percent-encoded.",
  );
}

/**
 * Nobody can sign in within another site's frame, and no script or image may start or end a sign-in.
 *
 * @throws {SignInError} `sign_in_not_top_level`
 */
export function requireTopLevel({ http: { headers } }: Visit): void {
  // Through a service worker: not in another site's frame, which is all that can be seen there.
  const isPassedOn = isWithoutDestination(headers) && comesFromHere(headers);
  const isWindow = !saysHowItWasFetched(headers) || isTopLevel(headers) || isPassedOn;
  if (isWindow && !isPrefetch(headers)) return;
  throw new SignInError(
    "sign_in_not_top_level",
    "This address is for the browser's own window: open it as a page, not from a script or in a frame.",
  );
}

/** A page that a browser fetches before anybody has asked for it. */
export function isPrefetch(headers: Visit["http"]["headers"]): boolean {
  return only(headers["sec-purpose"] ?? headers["purpose"])?.includes("prefetch") ?? false;
}
