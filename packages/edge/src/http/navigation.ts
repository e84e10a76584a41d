import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";

import { only } from "./viewer-headers.ts";

/** What a browser navigates with: links and address bar, and forms. */
const methods = new Set(["GET", "HEAD", "POST"]);

/**
 * Whether a person waits for a page, rather than a script for an answer.
 *
 * `Sec-Fetch-Mode` and `Sec-Fetch-Dest` decide where a browser sends them: a whole document, not a frame, or what a
 * service worker passes on. Otherwise `Accept` does, which names `text/html` for pages, and `X-Requested-With`, which
 * only scripts send.
 *
 * It decides the form of an answer, never whose request it is: also a frame may come through a service worker.
 */
export function isNavigation({ method, headers }: HttpRequest): boolean {
  if (!methods.has(method)) return false;
  return saysHowItWasFetched(headers)
    ? isTopLevel(headers) || isWithoutDestination(headers)
    : headers["x-requested-with"] === undefined && acceptsPages(headers);
}

function acceptsPages({ accept = [] }: HttpHeaders): boolean {
  return accept.some((value) => /(?:^|[\s,])text\/html\b/i.test(value));
}

/** Whether the browser says that it comes from this origin, or from its own address bar or a bookmark: `none`. */
export function comesFromHere(headers: HttpHeaders): boolean {
  const site = only(headers["sec-fetch-site"]);
  return site === "same-origin" || site === "none";
}

/** Whether the browser says so itself; those that say nothing may be old, or no browsers. */
export function saysHowItWasFetched(headers: HttpHeaders): boolean {
  return headers["sec-fetch-mode"] !== undefined || headers["sec-fetch-dest"] !== undefined;
}

/** A navigation of the whole window. */
export function isTopLevel(headers: HttpHeaders): boolean {
  return isFetched("navigate", "document", headers);
}

/**
 * A navigation that does not say what it is for: what a service worker passes on as it is, where a window and a frame
 * look alike, and `<a download>`. No script can make mode `navigate` by itself.
 *
 * Firefox says `same-origin` for what a worker passes on. Of all requests in that mode, only navigations would rather have
 * https; a script of this site could say so as well, which no other site's can (decision 20).
 */
export function isWithoutDestination(headers: HttpHeaders): boolean {
  return (
    isFetched("navigate", "empty", headers) ||
    (isFetched("same-origin", "empty", headers) &&
      only(headers["sec-fetch-site"]) === "same-origin" &&
      headers["upgrade-insecure-requests"] !== undefined &&
      acceptsPages(headers))
  );
}

function isFetched(mode: string, destination: string, headers: HttpHeaders): boolean {
  return (
    only(headers["sec-fetch-mode"]) === mode && only(headers["sec-fetch-dest"]) === destination
  );
}
