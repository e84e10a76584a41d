import type { Clock } from "../clock.ts";
import { AwsError } from "./json-service.ts";

/**
 * A token bucket: `perSecond` requests a second, and as many at once.
 *
 * @param errorType what the service calls a request too many.
 * @returns a function that takes one token, or throws that error when there is none.
 */
export function createRequestBucket(
  perSecond: number,
  clock: Clock,
  errorType: "ThrottlingException" | "TooManyRequestsException",
): () => void {
  let tokens = perSecond;
  let filledAtMs = clock.now();
  return () => {
    const nowMs = clock.now();
    tokens = Math.min(perSecond, tokens + (Math.max(0, nowMs - filledAtMs) * perSecond) / 1000);
    filledAtMs = nowMs;
    if (tokens < 1) throw new AwsError(errorType, "Rate exceeded");
    tokens -= 1;
  };
}
