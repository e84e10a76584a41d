import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import { isGuardError } from "@sst-gatehouse/core/errors";
import { maxTokenBytes, unverifiedClaim } from "@sst-gatehouse/core/unverified-token";
import type { CloudFrontResultResponse } from "aws-lambda";

import { clearAttempt, hasRestarted, readAttempt, restartsOf, type Attempt } from "./attempt.ts";
import type { GuardCookies } from "./cookies.ts";
import type { GrantedTokens, HostedSignIn } from "./hosted-sign-in.ts";
import { belongTogether } from "./identify-session.ts";
import { type LoopGuard, markCookie } from "./loop-guard.ts";
import type { Visit } from "./open-session.ts";
import { restoreFragment } from "./page-scripts.ts";
import { asideOf, page, type PageContent, problemPage } from "./pages.ts";
import { readQuery } from "./query.ts";
import { redirect } from "./redirect.ts";
import type { RenewalDeps } from "./renewal.ts";
import { type Session, type SessionCookies, tooLarge, toSession } from "./session-cookies.ts";
import { requireTopLevel, startSignIn } from "./sign-in.ts";
import { problemOf, SignInError } from "./sign-in-error.ts";

/** What Cognito may say, in our words; its own description is never shown, because anybody can write such an address. */
const refusals = new Map([
  ["access_denied", "The sign-in was cancelled or refused."],
  [
    "invalid_scope",
    "The sign-in asked for a scope that its app client may not have. Deploy the stage again.",
  ],
  [
    "unauthorized_client",
    "The app client may not sign people in this way. Deploy the stage again.",
  ],
]);

export interface CallbackDeps extends RenewalDeps {
  readonly sessionCookies: SessionCookies;
  readonly loops: LoopGuard;
  /** Whether the stage has the walk-through's client, whose tokens come in the fragment, which no server sees. */
  readonly opensImplicitGrant: () => boolean;
}

const walkthroughPage: PageContent = {
  heading: "Your token is in the address bar",
  sentences: [
    "Copy what follows id_token= up to the next &, and send it as Authorization: Bearer <token>. It is valid for an hour.",
    "Anyone who has it is signed in as you. This browser is not: it signs in with a code.",
  ],
  actions: [{ label: "Sign in here", href: "/.auth/login" }],
  callsFromConsole: true,
};

/**
 * `GET /.auth/callback`: the browser comes back from the hosted sign-in with a code.
 *
 * Only the browser that began the attempt can end it, once, within ten minutes. Whatever is refused sets no cookie.
 *
 * @throws {SignInError} `sign_in_*`; {GuardError} `token_*`, `keys_unavailable`, `headers_too_large`.
 */
export async function callback(
  visit: Visit,
  hosted: HostedSignIn,
  requestCookies: GuardCookies,
  { sessionCookies, loops, opensImplicitGrant, now, ...deps }: CallbackDeps,
): Promise<CloudFrontResultResponse> {
  requireTopLevel(visit);
  if (visit.http.query === "" && opensImplicitGrant()) {
    const aside = asideOf("sign_in_malformed", visit.requestId);
    return page(400, { ...walkthroughPage, aside }, {});
  }
  const query = readQuery(visit.http.query, ["code", "state", "error"]);
  const state = query("state") ?? "";
  const attempt = readAttempt(state, requestCookies, now());
  const error = query("error");
  if (error !== undefined) throw refused(error);
  const code = query("code");
  if (code === undefined || !/^[\x21-\x7e]{1,2048}$/.test(code)) {
    throw new SignInError(
      "sign_in_malformed",
      "The sign-in service sent this browser back without a code.",
    );
  }
  if (attempt === undefined) return unmatched(visit, state, requestCookies);

  const callbackUrl = `${visit.origins[0]}${callbackPath}`;
  const tokens = await hosted.exchangeCode(code, attempt.codeVerifier, callbackUrl);
  if (tokens === undefined) {
    throw new SignInError(
      "sign_in_failed",
      "The sign-in service rejected the code: it was already used, it has expired, or your account has been disabled.",
    );
  }
  let session: Session;
  try {
    session = await requireSession(tokens, attempt, hosted, deps);
  } catch (revoked) {
    // The hosted sign-in still knew the browser; only the password makes a new sign-in of it. Once by itself.
    if (!isRevoked(revoked) || restartsOf(state) === 1) throw revoked;
    const { returnPath, kind } = attempt;
    return startSignIn(visit, hosted, requestCookies, now(), {
      returnPath,
      kind,
      restarts: 1,
      fresh: true,
    });
  }
  loops.redeemed(state);
  const cookies = [
    ...sessionCookies.write(session, requestCookies, visit.origins[0]),
    clearAttempt(attempt),
    markCookie(now()),
  ];
  if (attempt.kind === "plain") return redirect(302, attempt.returnPath, cookies);
  const content = attempt.kind === "posted" ? postedPage(attempt) : fragmentPage(attempt);
  return page(200, content, { hostedOrigin: hosted.origin, cookies });
}

/**
 * Verifies what Cognito has given: the ID token for the nonce of this attempt, after which it is dropped unless the app asks
 * for claims, and the access token, which is the session.
 */
async function requireSession(
  { idToken, accessToken, refreshToken }: GrantedTokens,
  { nonce }: Attempt,
  hosted: HostedSignIn,
  { verify, requireValid, keepsIdToken }: Omit<RenewalDeps, "now">,
): Promise<Session> {
  if (idToken === undefined || refreshToken === undefined) throw wrongTokens();
  const session = toSession({ accessToken, refreshToken, ...(keepsIdToken && { idToken }) });
  if (idToken.length > maxTokenBytes) throw tooLarge();
  const id = await verify(idToken);
  if (id.tokenUse !== "id" || id.clientId !== hosted.clientId) throw wrongTokens();
  // Its signature held a moment ago.
  if (unverifiedClaim(idToken, "nonce") !== nonce) throw wrongTokens();
  const access = await verify(accessToken);
  if (access.tokenUse !== "access" || !belongTogether(access, id)) throw wrongTokens();
  await requireValid(access);
  return session;
}

function wrongTokens(): SignInError {
  return new SignInError(
    "sign_in_nonce",
    "The sign-in service answered with tokens that do not belong to this sign-in. Start again from the app itself.",
  );
}

function refused(error: string): SignInError {
  const sentence = refusals.get(error) ?? "The sign-in service could not sign you in.";
  return new SignInError("sign_in_refused", sentence);
}

/**
 * Nothing in this browser belongs to the state: the cookie has expired, was dropped, or is another browser's. A code
 * without its verifier proves nothing and is not tried. The sign-in starts again once by itself, and then waits for a
 * person: a browser that drops every cookie must not go round for ever.
 */
function unmatched(
  visit: Visit,
  state: string,
  requestCookies: GuardCookies,
): CloudFrontResultResponse {
  const mayRestart = restartsOf(state) !== 1 && !hasRestarted(requestCookies);
  const error = new SignInError(
    "sign_in_unmatched",
    mayRestart
      ? "This sign-in no longer belongs to this browser, so it starts again."
      : "This browser did not keep the cookie of its sign-in. Allow cookies for this site, and sign in within ten minutes.",
  );
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  const again = "/.auth/login?again=1";
  return problemPage(
    problem,
    visit.requestId,
    {
      actions: [{ label: "Sign in again", href: mayRestart ? again : "/.auth/login" }],
      ...(mayRestart ? { continueTo: again } : {}),
    },
    {},
  );
}

function postedPage({ returnPath }: Attempt): PageContent {
  return {
    heading: "You are signed in",
    sentences: [
      "What you sent before was neither kept nor carried out.",
      "Go back and send it once more.",
    ],
    actions: [{ label: "Go back", href: returnPath }],
  };
}

function fragmentPage({ returnPath }: Attempt): PageContent {
  return {
    heading: "You are signed in",
    sentences: ["You are on your way to the page."],
    actions: [{ label: "Go on", href: returnPath }],
    continueTo: returnPath,
    script: restoreFragment,
  };
}

function isRevoked(thrown: unknown): boolean {
  return isGuardError(thrown) && thrown.code === "token_revoked";
}
