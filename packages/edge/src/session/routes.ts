import { callbackPath, signedOutPath } from "@sst-gatehouse/blueprint/callback-urls";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import type { CloudFrontResultResponse } from "aws-lambda";

import { answer } from "../responses.ts";
import { callback, type CallbackDeps } from "./callback.ts";
import { judgeOrigin } from "./cross-site.ts";
import type { HostedSignIn } from "./hosted-sign-in.ts";
import type { IdentifySession } from "./identify-session.ts";
import { crossSite, type Opened, type Visit } from "./open-session.ts";
import type { Renewal } from "./renewal.ts";
import type { Session } from "./session-cookies.ts";
import { login } from "./sign-in.ts";
import { SignInError } from "./sign-in-error.ts";
import { logout, signedOut, type SignOutDeps } from "./sign-out.ts";

/** Renews a session for a script; a refusal there means that it is over. */
export const refreshPath = "/.auth/refresh";

export interface RoutesDeps extends CallbackDeps, SignOutDeps {
  readonly identify: IdentifySession;
  /** @throws {GuardError} `token_audience` for a token that counts for a resource of the app alone. */
  readonly requireUnbound: (token: VerifiedToken) => void;
  readonly renew: (session: Session, hosted: HostedSignIn) => Promise<Renewal>;
}

type Handle = (
  visit: Visit,
  opened: Opened,
  hosted: HostedSignIn,
) => Promise<CloudFrontResultResponse> | CloudFrontResultResponse;

interface Route {
  readonly methods: readonly string[];
  readonly handle: Handle;
}

/** What the guard answers itself, by path. */
export function createRoutes(deps: RoutesDeps): {
  /**
   * @throws {SignInError} `sign_in_*`. {GuardError} `method_not_allowed`, `cross_site`, `token_*`, `keys_unavailable`,
   *   `headers_too_large`.
   */
  readonly answer: (
    visit: Visit,
    opened: Opened,
    hosted: HostedSignIn | undefined,
  ) => Promise<CloudFrontResultResponse>;
  /** The methods of a path, for `Allow`. */
  readonly methodsOf: (path: string) => readonly string[];
} {
  const { identify, requireUnbound, requireValid, renew, sessionCookies, now } = deps;
  const routes: Readonly<Record<string, Route>> = {
    "/.auth/login": {
      methods: ["GET"],
      handle: (visit, { requestCookies }, hosted) => login(visit, hosted, requestCookies, now()),
    },
    [callbackPath]: {
      methods: ["GET"],
      handle: (visit, { requestCookies }, hosted) => callback(visit, hosted, requestCookies, deps),
    },
    "/.auth/logout": {
      methods: ["GET", "POST"],
      handle: (visit, { requestCookies }, hosted) => logout(visit, hosted, requestCookies, deps),
    },
    [signedOutPath]: {
      methods: ["GET"],
      handle: (_visit, { requestCookies }, hosted) => signedOut(hosted, requestCookies),
    },
    "/.auth/me": {
      methods: ["GET", "HEAD"],
      async handle({ http: { method } }, { http, session }) {
        const { caller, token, problem } = await identify(http, session);
        if (problem !== undefined) throw problem;
        if (token === undefined) throw nobody();
        requireUnbound(token);
        // Nobody behind the guard does it for this answer.
        await requireValid(token);
        const { expiresAt } = token;
        return json(200, method === "HEAD" ? undefined : { ...caller, expiresAt });
      },
    },
    [refreshPath]: {
      methods: ["POST"],
      async handle({ origins }, { session, requestCookies }, hosted) {
        if (session === undefined) throw nobody();
        const renewal = await renew(session, hosted);
        if (renewal.kind === "over") throw ended(renewal.revoked);
        return answer(204, undefined, {
          "set-cookie": sessionCookies.write(renewal.session, requestCookies, origins[0]),
        });
      },
    },
  };

  return {
    async answer(visit, opened, hosted) {
      const { method, path } = visit.http;
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      if (route === undefined)
        throw new SignInError("sign_in_unknown", "There is no such address below /.auth/.");
      if (!route.methods.includes(method))
        throw new GuardError("method_not_allowed", "This method is not served here.");
      // Also without a session: signing out and in must not be another site's doing.
      if (method === "POST" && judgeOrigin(visit.http, visit.origins) === "refuse")
        throw crossSite();
      if (hosted === undefined) throw new SignInError("sign_in_off", "This stage has no sign-in.");
      return route.handle(visit, opened, hosted);
    },
    methodsOf: (path) => (Object.hasOwn(routes, path) ? (routes[path]?.methods ?? []) : []),
  };
}

/** @param body `undefined` for none. */
function json(status: number, body: object | undefined): CloudFrontResultResponse {
  return answer(status, body === undefined ? undefined : JSON.stringify(body), {
    "content-type": "application/json",
  });
}

function nobody(): GuardError {
  return new GuardError("token_missing", "You are not signed in.");
}

function ended(revoked: boolean): GuardError {
  return revoked
    ? new GuardError("token_revoked", "Your sessions were ended. Sign in again.")
    : new GuardError("token_expired", "Your session has ended. Sign in again.");
}
