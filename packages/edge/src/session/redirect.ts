import type { CloudFrontResultResponse } from "aws-lambda";

import { answer } from "../responses.ts";

/**
 * Sends a browser on. The explicit empty fragment keeps it from carrying along one that it has, which may hold tokens;
 * back to the same address (307) it keeps its own.
 *
 * @param location absolute, or a path that was judged to stay on this origin.
 * @param cookies `Set-Cookie` lines.
 */
export function redirect(
  status: 302 | 307,
  location: string,
  cookies: readonly string[],
): CloudFrontResultResponse {
  return answer(status, undefined, {
    location: status === 307 || location.includes("#") ? location : `${location}#`,
    "referrer-policy": "no-referrer",
    "set-cookie": cookies,
  });
}
