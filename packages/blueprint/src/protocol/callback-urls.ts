/** A front end's development server; personal stages let it sign people in. Vite's own default. */
export const developmentOrigin = "http://localhost:5173";

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
 * The addresses that an app client for people may return to: the app's own, and outside production a development
 * server on this machine.
 *
 * @param appUrl without a trailing slash.
 */
export function redirectUrls(
  appUrl: string,
  { production }: { readonly production: boolean },
): RedirectUrls {
  const origins = production ? [appUrl] : [appUrl, developmentOrigin];
  return {
    callbackUrls: origins.flatMap((origin) => [`${origin}/`, `${origin}${callbackPath}`]),
    logoutUrls: origins.flatMap((origin) => [`${origin}/`, `${origin}${signedOutPath}`]),
  };
}
