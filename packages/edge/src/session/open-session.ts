import { GuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import type { CloudFrontResultResponse } from "aws-lambda";

import type { Identified } from "../identify.ts";
import { isNavigation } from "../http/navigation.ts";
import { only } from "../http/viewer-headers.ts";

import { type GuardCookies, guardCookies, withoutGuardCookies } from "./cookies.ts";
import { judgeOrigin } from "./cross-site.ts";
import type { HostedSignIn } from "./hosted-sign-in.ts";
import type { IdentifySession } from "./identify-session.ts";
import { type Expired, type LoopGuard, markCookie } from "./loop-guard.ts";
import { redirect } from "./redirect.ts";
import type { Renewal } from "./renewal.ts";
import type { Session, SessionCookies } from "./session-cookies.ts";
import { SignInError } from "./sign-in-error.ts";

/** One request of a browser. */
export interface Visit {
  readonly http: HttpRequest;
  /** The `X-Amz-Cf-Id` that the viewer sees. */
  readonly requestId: string;
  /** The app's own origins, never from a header; people return to the first. */
  readonly origins: readonly [string, ...string[]];
}

/** A request with its session taken out of it. */
export interface Opened {
  /** As the backend may see it: without the guard's cookies. */
  readonly http: HttpRequest;
  /** The guard's cookies, as they came. */
  readonly requestCookies: GuardCookies;
  /** To be used for this request; its access token is still to be verified. */
  readonly session?: Session;
  /** Who is calling, with the session. */
  readonly identified?: Identified;
  /** There is a session, which does not count for what another site asks. */
  readonly ignored?: true;
  /** Why the session cookies are not used: they are no whole session, or one that Cognito or an administrator has ended. */
  readonly over?: "incomplete" | "ended" | "revoked";
  /** Why a session that has expired could not be renewed, although it may be alive. */
  readonly failure?: SignInError;
}

/**
 * Takes the session out of a request. `Authorization` turns cookies off, and so may what another site asks for.
 *
 * Cookies that make no session are as good as none, wherever the request comes from.
 *
 * @throws {GuardError} `cross_site`.
 */
export function readVisit(
  { http: received, origins }: Visit,
  sessionCookies: Pick<SessionCookies, "read">,
): Opened {
  const requestCookies = guardCookies(received.headers);
  const http = { ...received, headers: withoutGuardCookies(received.headers) };
  const opened = { http, requestCookies };
  if (received.headers["authorization"] !== undefined) return opened;
  const reading = sessionCookies.read(requestCookies, origins[0]);
  if (reading.kind === "none") return opened;
  if (reading.kind === "incomplete") return { ...opened, over: "incomplete" };
  const verdict = judgeOrigin(received, origins);
  if (verdict === "refuse") throw crossSite();
  return verdict === "ignore"
    ? { ...opened, ignored: true }
    : { ...opened, session: reading.session };
}

export function crossSite(): GuardError {
  return new GuardError(
    "cross_site",
    "A request with this site's session that may change something must come from this site itself.",
  );
}

export interface OpenSessionDeps {
  readonly identify: IdentifySession;
  readonly sessionCookies: SessionCookies;
  readonly renew: (session: Session, hosted: HostedSignIn) => Promise<Renewal>;
  readonly loops: LoopGuard;
  readonly now: () => number;
}

/**
 * Finds out whose a session is, and renews one that has expired: back to the same address, with the new cookies. The
 * request itself never goes on to the backend with what was renewed. What cannot be sent twice is told `token_expired`,
 * and is for a script to renew by `/.auth/refresh`.
 */
export function createOpenSession({
  identify,
  sessionCookies,
  renew,
  loops,
  now,
}: OpenSessionDeps): (
  visit: Visit,
  hosted: HostedSignIn | undefined,
) => Promise<Opened | { readonly answer: CloudFrontResultResponse }> {
  return async (visit, hosted) => {
    const { session, ...opened } = readVisit(visit, sessionCookies);
    if (session === undefined) return opened;
    const identified = await identify(opened.http, session);
    const asItIs: Opened = { ...opened, session, identified };
    if (
      identified.problem?.code !== "token_expired" ||
      hosted === undefined ||
      !comesBack(visit.http) ||
      !isPlainAddress(visit.http)
    )
      return asItIs;
    const isPage = isNavigation(visit.http);
    const failed = (failure: SignInError): Opened => (isPage ? { ...opened, failure } : asItIs);
    const expired: Expired = {
      refreshToken: session.refreshToken,
      address: sameAddress(visit),
      kind: isPage ? "page" : "part",
    };
    if (!loops.admits(expired, opened.requestCookies)) return failed(notKept());
    try {
      const renewal = await renew(session, hosted);
      if (renewal.kind === "over")
        return { ...opened, over: renewal.revoked ? "revoked" : "ended" };
      loops.renewed(expired);
      const { requestCookies } = opened;
      const cookies = [
        ...sessionCookies.write(renewal.session, requestCookies, visit.origins[0]),
        markCookie(now()),
      ];
      return { answer: redirect(307, expired.address, cookies) };
    } catch (error) {
      if (error instanceof SignInError) return failed(error);
      throw error;
    }
  };
}

/**
 * Whether a browser follows a redirect with the whole request: a page, what this origin's pages load without changing
 * anything, and beacons, which are `no-cors` and whose sender sees no answer. Any other upload is left to its script: it
 * may be large, or a stream, which nobody can send twice.
 */
function comesBack(request: HttpRequest): boolean {
  const { method, headers } = request;
  if (isNavigation(request)) return true;
  if (only(headers["sec-fetch-site"]) !== "same-origin") return false;
  return method === "GET" || method === "HEAD" || only(headers["sec-fetch-mode"]) === "no-cors";
}

/** Absolute, because a path of two slashes alone would lead to another host. */
function sameAddress({ http: { path, query }, origins }: Visit): string {
  return `${origins[0]}${path}${query === "" ? "" : `?${query}`}`;
}

/** What may stand in `Location` as it came; the guard refuses most of the others afterwards. */
function isPlainAddress({ path, query }: HttpRequest): boolean {
  return /^\/[\x21-\x7e]*$/.test(`${path}?${query}`);
}

export function notKept(): SignInError {
  return new SignInError(
    "sign_in_cookies",
    "This browser does not keep its session cookies. Allow cookies for this site, or clear some, and sign in again.",
  );
}
