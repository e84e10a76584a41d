import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import type { CloudFrontResultResponse } from "aws-lambda";

import { isTopLevel, isWithoutDestination, saysHowItWasFetched } from "../http/navigation.ts";
import { only } from "../http/viewer-headers.ts";

import { createAttempt, writeAttempt } from "./attempt.ts";
import type { GuardCookies } from "./cookies.ts";
import type { HostedSignIn } from "./hosted-sign-in.ts";
import type { Visit } from "./open-session.ts";
import { readQuery } from "./query.ts";
import { redirect } from "./redirect.ts";
import { isReturnPath } from "./return-path.ts";
import { SignInError } from "./sign-in-error.ts";

export interface SignInOptions {
  readonly returnPath: string;
  readonly posted?: boolean;
  readonly restarts?: 0 | 1;
  /** Asks for the password even where the hosted sign-in still knows the browser. */
  readonly fresh?: boolean;
  /** A company sign-on of the user pool, by its name there: skips the choice at the hosted sign-in. */
  readonly identityProvider?: string | undefined;
  /** Further `Set-Cookie` lines. */
  readonly cookies?: readonly string[];
}

/** Sends a browser to the hosted sign-in, with an attempt of its own. */
export function startSignIn(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  now: number,
  {
    returnPath,
    posted = false,
    restarts = 0,
    fresh = false,
    identityProvider,
    cookies = [],
  }: SignInOptions,
): CloudFrontResultResponse {
  const attempt = createAttempt({ returnPath, posted, restarts }, now);
  const callbackUrl = `${visit.origins[0]}${callbackPath}`;
  const url = hosted.signInUrl(attempt, callbackUrl, { fresh, identityProvider });
  return redirect(302, url, [...writeAttempt(attempt, requestCookies, now), ...cookies]);
}

/**
 * `GET /.auth/login?return_to=`. `fresh=1` asks for the password in any case, `identity_provider` leads to a
 * company's page at once; `again=1` marks a sign-in that the guard has restarted by itself, which it does once; `posted=1`
 * one that came in the place of a form.
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
    "identity_provider",
  ]);
  return startSignIn(visit, hosted, requestCookies, now, {
    returnPath: requireReturnPath(query("return_to")) ?? "/",
    fresh: query("fresh") === "1",
    posted: query("posted") === "1",
    restarts: query("again") === "1" ? 1 : 0,
    identityProvider: requireProvider(query("identity_provider")),
  });
}

/** @throws {SignInError} `sign_in_malformed` */
function requireProvider(name: string | undefined): string | undefined {
  if (name === undefined || /^[\w.-]{1,32}$/.test(name)) return name;
  throw new SignInError("sign_in_malformed", "identity_provider is not a provider's name.");
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
  const isWindow = !saysHowItWasFetched(headers) || isTopLevel(headers) || isFromHere(headers);
  if (isWindow && !isPrefetch(headers)) return;
  throw new SignInError(
    "sign_in_not_top_level",
    "This address is for the browser's own window: open it as a page, not from a script or in a frame.",
  );
}

/** Through a service worker: not in another site's frame, which is all that can be seen there. */
function isFromHere(headers: Visit["http"]["headers"]): boolean {
  const site = only(headers["sec-fetch-site"]);
  return isWithoutDestination(headers) && (site === "same-origin" || site === "none");
}

/** A page that a browser fetches before anybody has asked for it. */
export function isPrefetch(headers: Visit["http"]["headers"]): boolean {
  return only(headers["sec-purpose"] ?? headers["purpose"])?.includes("prefetch") ?? false;
}
