import type { AppClientName } from "../aws/app-clients.ts";

/** A front end's development server, which signs people in by `spa` outside production. Vite's own default. */
const developmentOrigin = "http://localhost:5173";

/** Where the hosted sign-in sends people back to: the guard's own route, on every origin of the app. */
export const callbackPath = "/.auth/callback";
/** Where it sends them after a sign-out. */
export const signedOutPath = "/.auth/signed-out";

export interface RedirectUrls {
  /** Where Cognito may send a browser after sign-in; compared exactly. */
  readonly callbackUrls: readonly string[];
  /** Where Cognito may send a browser after sign-out. */
  readonly logoutUrls: readonly string[];
}

/**
 * The addresses that an app client may return to.
 *
 * - `web`: the guard's own routes and nothing else. A code that anybody asked for never arrives in a page of the backend.
 * - `spa`: the root of the app, of each origin whose scripts may call, and outside production of a development server.
 * - `walkthrough`: the guard's callback, which says what to do with the token, and the roots of app and development server.
 * - `machine`: none, because machines never sign in.
 *
 * @param appUrl without a trailing slash.
 */
export function redirectUrls(
  client: AppClientName,
  appUrl: string,
  { production, corsOrigins }: { production: boolean; corsOrigins: readonly string[] },
): RedirectUrls {
  const here = production ? [appUrl] : [appUrl, developmentOrigin];
  const roots = (origins: readonly string[]): readonly string[] =>
    [...new Set(origins)].map((origin) => `${origin}/`);
  const guard = (origins: readonly string[], path: string): readonly string[] =>
    origins.map((origin) => `${origin}${path}`);
  const all: Readonly<Record<AppClientName, RedirectUrls>> = {
    web: {
      callbackUrls: guard([appUrl], callbackPath),
      logoutUrls: guard([appUrl], signedOutPath),
    },
    spa: {
      callbackUrls: roots([...here, ...corsOrigins]),
      logoutUrls: roots([...here, ...corsOrigins]),
    },
    walkthrough: {
      callbackUrls: [...roots(here), ...guard(here, callbackPath)],
      logoutUrls: [...roots(here), ...guard(here, signedOutPath)],
    },
    machine: { callbackUrls: [], logoutUrls: [] },
  };
  return all[client];
}
