/** Far more than a cold start takes, far less than the time for which a function may run. */
const limitSeconds = 10;

/** CloudFront's answer when its own patience ends first. */
const gatewayTimeout = 504;

const problem =
  'this account hangs on empty streams: set streaming: "never-empty" for the stage in stages.ts, or "off" where that is not enough (docs/http.md#answers-without-a-body)';

/**
 * Finds out whether the AWS account keeps the stream of an answer without a body open until the function's timeout.
 *
 * @param ask sends a request whose answer has no body, and gives up when the signal aborts. HEAD will do, for any path
 *   that `protect` serves. Returns the status.
 * @returns what is wrong and what to do about it; undefined when the answer came in time, whatever its status.
 */
export async function probeEmptyStream(
  ask: (signal: AbortSignal) => Promise<number>,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(limitSeconds * 1000);
  try {
    return (await ask(signal)) === gatewayTimeout ? problem : undefined;
  } catch (error) {
    if (signal.aborted) return problem;
    throw error;
  }
}
