import { signedOutPath } from "@sst-gatehouse/blueprint/callback-urls";
import type { CloudFrontResultResponse } from "aws-lambda";

import { isTopLevel } from "../http/navigation.ts";
import { only } from "../http/viewer-headers.ts";

import { clearCookie, clearCookies, type GuardCookies, setCookie } from "./cookies.ts";
import type { HostedSignIn } from "./hosted-sign-in.ts";
import type { Visit } from "./open-session.ts";
import { page } from "./pages.ts";
import { readQuery } from "./query.ts";
import { redirect } from "./redirect.ts";
import { type RenewalDeps, verifyAsIssued } from "./renewal.ts";
import { isReturnPath } from "./return-path.ts";
import type { SessionCookies } from "./session-cookies.ts";
import { isPrefetch, requireReturnPath } from "./sign-in.ts";

/** Holds the way on while the browser is at the hosted sign-in, whose address may carry none. */
const returnCookie = "return";
const returnSeconds = 300;

export interface SignOutDeps extends Pick<RenewalDeps, "verify"> {
  readonly sessionCookies: SessionCookies;
  /** Told when the refresh token could not be revoked: the browser is signed out all the same. */
  readonly onUnrevoked: (error: unknown) => void;
}

/**
 * `/.auth/logout?return_to=`: revokes the refresh token, ends every cookie of the guard, and sends the browser to end
 * its session at the hosted sign-in.
 *
 * A POST was checked for its origin before. A GET acts only as a link of this origin that somebody has followed;
 * another site's link gets a page with a button.
 *
 * @throws {SignInError} `sign_in_return_path`, `sign_in_malformed`.
 */
export async function logout(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  { verify, sessionCookies, onUnrevoked }: SignOutDeps,
): Promise<CloudFrontResultResponse> {
  const { http, origins } = visit;
  const returnPath = requireReturnPath(readQuery(http.query, ["return_to"])("return_to"));
  if (http.method !== "POST" && !isFollowedLink(visit)) return askFirst(returnPath, hosted);

  const reading = sessionCookies.read(requestCookies, origins[0]);
  if (reading.kind === "session") {
    const { accessToken, refreshToken } = reading.session;
    // Nothing is asked of Cognito for cookies that somebody has made up.
    await verifyAsIssued(accessToken, verify)
      .then(() => hosted.revoke(refreshToken))
      .catch(onUnrevoked);
  }
  return redirect(302, hosted.signOutUrl(`${origins[0]}${signedOutPath}`), [
    ...clearCookies(requestCookies, /./),
    ...(returnPath === undefined
      ? []
      : [setCookie(returnCookie, Buffer.from(returnPath).toString("base64url"), returnSeconds)]),
  ]);
}

/** `GET /.auth/signed-out`: on to where the sign-out was to return, or a page that says it is done. */
export function signedOut(
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
): CloudFrontResultResponse {
  const path = Buffer.from(requestCookies.get(returnCookie) ?? "", "base64url").toString("utf8");
  const cookies = requestCookies.has(returnCookie) ? [clearCookie(returnCookie)] : [];
  if (isReturnPath(path)) return redirect(302, path, cookies);
  return page(
    200,
    {
      heading: "You are signed out",
      sentences: ["This browser no longer has a session."],
      actions: [{ label: "Sign in again", href: "/.auth/login" }],
    },
    { hostedOrigin: hosted.origin, cookies },
  );
}

function isFollowedLink({ http: { headers } }: Visit): boolean {
  return (
    only(headers["sec-fetch-site"]) === "same-origin" && isTopLevel(headers) && !isPrefetch(headers)
  );
}

function askFirst(returnPath: string | undefined, hosted: HostedSignIn): CloudFrontResultResponse {
  const query = returnPath === undefined ? "" : `?return_to=${encodeURIComponent(returnPath)}`;
  return page(
    200,
    {
      heading: "Sign out?",
      sentences: ["This ends your session in this browser."],
      actions: [{ label: "Sign out", href: `/.auth/logout${query}`, post: true }],
    },
    { hostedOrigin: hosted.origin },
  );
}
