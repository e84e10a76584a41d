import type { FunctionUrlEvent } from "./function-url-event.ts";

/** The longest address that the guard leads back to after a sign-in. */
const maxReturnCharacters = 2048;

/**
 * Leads a browser whose sign-in was ended to the guard's own sign-in, which asks for the password and leads back.
 *
 * With a body, because an empty one may hang at a Function URL that streams.
 */
export function signInAgain({
  rawPath,
  rawQueryString,
  requestContext,
}: FunctionUrlEvent): Response {
  const whole = rawQueryString === "" ? rawPath : `${rawPath}?${rawQueryString}`;
  const query = new URLSearchParams({
    fresh: "1",
    return_to: [whole, rawPath].find(isReturnPath) ?? "/",
    ...(requestContext.http.method === "POST" ? { posted: "1" } : {}),
  });
  return new Response("This sign-in was ended. Sign in again.\n", {
    status: 302,
    headers: {
      location: `/.auth/login?${query.toString()}#`,
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
    },
  });
}

/** The guard judges it again, and refuses what could lead elsewhere; what it would refuse is not to be asked for. */
function isReturnPath(path: string): boolean {
  return path.length <= maxReturnCharacters && /^\/(?!\/)[\x21\x23-\x5b\x5d-\x7e]*$/.test(path);
}
