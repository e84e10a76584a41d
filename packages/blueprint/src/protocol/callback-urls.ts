import type { AppClientName } from "../aws/app-clients.ts";
import { isAppScheme } from "./cors.ts";

/** A front end's development server, which signs people in by `spa` outside production. Vite's own default. */
const developmentOrigin = "http://localhost:5173";

/** Where the hosted sign-in sends people back to: the guard's own route, on every origin of the app. */
export const callbackPath = "/.auth/callback";
/** Where it sends them after a sign-out. */
export const signedOutPath = "/.auth/signed-out";

/** What a stage says about the addresses of its front ends. */
export interface FrontEnds {
  readonly production: boolean;
  readonly corsOrigins: readonly string[];
  readonly spaCallbackUrls: readonly string[];
  readonly spaLogoutUrls: readonly string[];
}

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
 * - `spa`: the root of the app, of each web origin whose scripts may call, and outside production of a development server;
 *   and what the stage lists.
 * - `walkthrough`: the guard's callback, which says what to do with the token, and the roots of app and development server.
 * - `machine`: none, because machines never sign in.
 *
 * @param appUrl without a trailing slash.
 */
export function redirectUrls(
  client: AppClientName,
  appUrl: string,
  { production, corsOrigins, spaCallbackUrls, spaLogoutUrls }: FrontEnds,
): RedirectUrls {
  const here = production ? [appUrl] : [appUrl, developmentOrigin];
  const roots = (origins: readonly string[]): readonly string[] =>
    [...new Set(origins)].map((origin) => `${origin}/`);
  const guard = (origins: readonly string[], path: string): readonly string[] =>
    origins.map((origin) => `${origin}${path}`);
  const frontEnds = roots([...here, ...corsOrigins.filter((origin) => origin.startsWith("http"))]);
  const all: Readonly<Record<AppClientName, RedirectUrls>> = {
    web: {
      callbackUrls: guard([appUrl], callbackPath),
      logoutUrls: guard([appUrl], signedOutPath),
    },
    spa: {
      callbackUrls: [...new Set([...frontEnds, ...spaCallbackUrls])],
      logoutUrls: [...new Set([...frontEnds, ...spaLogoutUrls])],
    },
    walkthrough: {
      callbackUrls: [...roots(here), ...guard(here, callbackPath)],
      logoutUrls: [...roots(here), ...guard(here, signedOutPath)],
    },
    machine: { callbackUrls: [], logoutUrls: [] },
  };
  return all[client];
}

/** What Cognito takes at most: addresses of a client, and characters of an address. */
export const maxRedirectUrls = 100;
const maxUrlCharacters = 1024;

/**
 * Why Cognito, or anybody with care, would not register an address; `undefined` for one that is fine. Cognito compares
 * character by character and knows no patterns.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function redirectUrlProblem(address: unknown): string | undefined {
  if (typeof address !== "string" || !URL.canParse(address))
    return "write the whole address, such as https://front.example.com/callback or myapp://callback";
  if (address.includes("*"))
    return "Cognito takes no patterns: write out each address, previews by their exact names";
  if (address.includes("#")) return "Cognito takes no address with a fragment";
  if (address.length > maxUrlCharacters)
    return `Cognito takes ${maxUrlCharacters} characters at most`;
  const url = new URL(address);
  const asBrowsersDo = `write it as browsers do: ${url.href}`;
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(address)) return asBrowsersDo;
  if (url.username !== "" || url.password !== "") return "leave the name before @ out";
  if (isAppScheme(url))
    return /^[a-z][a-z0-9+.-]*:\/\/[^/]/.test(address)
      ? undefined
      : "write a scheme of an app's own with a name behind it, such as myapp://callback";
  if (url.protocol === "http:" && !/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
    return "Cognito takes http for localhost, 127.0.0.1 and [::1] only: use https";
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `no app is reached by ${url.protocol}`;
  const rest = address.slice(url.origin.length);
  return address.startsWith(url.origin) && /^(?:[/?].*)?$/.test(rest) ? undefined : asBrowsersDo;
}
