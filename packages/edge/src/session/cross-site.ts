import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";

import {
  comesFromHere,
  isNavigation,
  isTopLevel,
  isWithoutDestination,
} from "../http/navigation.ts";
import { only } from "../http/viewer-headers.ts";

/**
 * What another site may do with this browser's session.
 *
 * - `use`: the session counts.
 * - `ignore`: the request goes on as nobody's.
 * - `refuse`: it could change something, and does not say that it comes from this origin.
 *
 * @param origins the app's own.
 */
export function judgeOrigin(
  request: HttpRequest,
  origins: readonly string[],
): "use" | "ignore" | "refuse" {
  const { method, headers } = request;
  const site = headers["sec-fetch-site"];
  const origin = headers["origin"];
  const ownOrigin = origin === undefined || origins.includes(only(origin) ?? "");
  if (method !== "GET" && method !== "HEAD") {
    const sameSite = site === undefined || only(site) === "same-origin";
    const silent = site === undefined && origin === undefined;
    const isOurs = sameSite && ownOrigin && isFromHere(headers, origins) && !hidesItsSite(headers);
    return isOurs && !silent ? "use" : "refuse";
  }
  // Old browsers say no more than where they come from. From elsewhere one may come to a page, and fetch nothing else.
  if (site === undefined) {
    const isPage = isNavigation(request) && !isWithoutDestination(headers);
    return ownOrigin && (isFromHere(headers, origins) || isPage) ? "use" : "ignore";
  }
  return comesFromHere(headers) || isTopLevel(headers) ? "use" : "ignore";
}

/**
 * Behind a service worker, WebKit says of every form that it comes from this origin, and may say so in `Referer` as well;
 * Firefox is honest there. Chromium always is, and is known by a header that no script can set (decision 20).
 */
function hidesItsSite(headers: HttpHeaders): boolean {
  return (
    only(headers["sec-fetch-mode"]) === "navigate" &&
    isWithoutDestination(headers) &&
    headers["sec-ch-ua"] === undefined
  );
}

/** By `Referer`, where there is one. A site can leave it out, and so do programs with cookies. */
function isFromHere({ referer }: HttpHeaders, origins: readonly string[]): boolean {
  const from = only(referer) ?? "";
  return (
    referer === undefined ||
    origins.some((origin) => from === origin || from.startsWith(`${origin}/`))
  );
}
