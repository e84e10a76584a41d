import type { CloudFrontResultResponse } from "aws-lambda";

import { answer } from "../responses.ts";

/**
 * Sends a browser on. The explicit empty fragment keeps it from carrying along one that it has, which may hold tokens;
 * back to the same address (307), and to a page of the guard that keeps it, it takes its own.
 *
 * @param location absolute, or a path that was judged to stay on this origin.
 * @param cookies `Set-Cookie` lines.
 * @param carriesFragment only within this origin.
 */
export function redirect(
  status: 302 | 307,
  location: string,
  cookies: readonly string[],
  carriesFragment = status === 307,
): CloudFrontResultResponse {
  return answer(status, undefined, {
    location: carriesFragment || location.includes("#") ? location : `${location}#`,
    // Back to the same address, a form's origin must not become `null`.
    "referrer-policy": status === 307 ? "same-origin" : "no-referrer",
    "set-cookie": cookies,
  });
}
