import { AwsError } from "../json-api/json-service.ts";
import type { Clock } from "../clock.ts";

/**
 * A token bucket: `perSecond` requests a second, and as many at once.
 *
 * @returns a function that takes one token, or throws AWS's ThrottlingException when there is none.
 */
export function createRequestBucket(perSecond: number, clock: Clock): () => void {
  let tokens = perSecond;
  let filledAtMs = clock.now();
  return () => {
    const nowMs = clock.now();
    tokens = Math.min(perSecond, tokens + (Math.max(0, nowMs - filledAtMs) * perSecond) / 1000);
    filledAtMs = nowMs;
    if (tokens < 1) throw new AwsError("ThrottlingException", "Rate exceeded");
    tokens -= 1;
  };
}
