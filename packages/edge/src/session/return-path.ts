import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import { encodeRaw } from "@sst-gatehouse/core/wire";

import { readsAsEdgeRoute } from "@sst-gatehouse/core/edge-routes";

const maxCharacters = 2048;
/** Stands for the app's own origin while a path is judged; the name can never exist. */
const ownOrigin = "https://own.invalid";

/**
 * Whether a browser may be sent there after it has signed in or out: a path of this origin and nothing else. Checked
 * when it is asked for, and again when it comes back in a cookie.
 *
 * One slash at the start, printable ASCII without `\`: what browsers would turn into another host never begins so.
 * No `"` either: browsers send none, and escaped in JSON many of them would make an attempt's cookie too long to keep.
 */
export function isReturnPath(text: string): boolean {
  if (text.length > maxCharacters || !/^\/(?!\/)[\x21\x23-\x5b\x5d-\x7e]*$/.test(text))
    return false;
  try {
    const url = new URL(text, ownOrigin);
    return url.origin === ownOrigin && !readsAsEdgeRoute(encodeRaw(url.pathname));
  } catch {
    return false; // no address, or no path that the guard would take
  }
}

/** Where a request that has to wait for a sign-in returns to: its own path and query, or as much as can be kept. */
export function returnPathOf({ path, query }: HttpRequest): string {
  const whole = query === "" ? path : `${path}?${query}`;
  return [whole, path].find(isReturnPath) ?? "/";
}
