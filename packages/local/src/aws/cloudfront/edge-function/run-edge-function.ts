import type { Invocation } from "../../lambda/invocation.ts";

import type { EdgeEvent } from "./edge-event.ts";
import { parseEdgeResult } from "./edge-result.ts";
import type { EdgeResult } from "./edge-result.ts";
import type { Refusal } from "../viewer/error-page.ts";
import { awsSentences, InvalidEdgeResult } from "./invalid-edge-result.ts";

export type EdgeRun = EdgeResult | { readonly kind: "refuse"; readonly refusal: Refusal };

/**
 * Runs the origin-request function and judges what it returned: a failure is 503 LambdaExecutionError, an invalid result 502
 * LambdaValidationError, too many at once 503 LambdaLimitExceeded. Never rejects for what the function does.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html
 */
export async function runEdgeFunction(
  invoke: (event: unknown) => Promise<Invocation>,
  event: EdgeEvent,
): Promise<EdgeRun> {
  const invocation = await invoke(event);
  switch (invocation.kind) {
    case "response":
      return judge(invocation.payload, event);
    case "stream":
      invocation.body.destroy();
      return invalid(
        new InvalidEdgeResult(
          awsSentences.notParsable,
          "the function streamed its result; edge functions cannot",
        ),
      );
    case "function-error":
      return failed(
        `the function threw ${invocation.errorType}: ${invocation.errorMessage}`,
        invocation.trace,
      );
    case "throttled":
      return throttled(invocation.reason);
    case "timeout":
      return failed(`the function was stopped after ${invocation.afterSeconds} s`);
    default:
      return failed(`the function crashed: ${invocation.reason}`);
  }
}

function judge(payload: Buffer, event: EdgeEvent): EdgeRun {
  try {
    return parseEdgeResult(payload, event.Records[0].cf.request);
  } catch (error) {
    if (error instanceof InvalidEdgeResult) return invalid(error);
    throw error;
  }
}

function invalid({ message, reason, details }: InvalidEdgeResult): EdgeRun {
  return {
    kind: "refuse",
    refusal: { status: 502, message, cacheResult: "LambdaValidationError", reason, details },
  };
}

function throttled(reason: string): EdgeRun {
  const message = "The Lambda function associated with the CloudFront distribution was throttled.";
  return {
    kind: "refuse",
    refusal: { status: 503, message, cacheResult: "LambdaLimitExceeded", reason },
  };
}

function failed(why: string, trace: readonly string[] = []): EdgeRun {
  const [reason = "", ...more] = why.split("\n");
  const message =
    "The Lambda function associated with the CloudFront distribution is invalid or doesn't have the required permissions.";
  return {
    kind: "refuse",
    refusal: {
      status: 503,
      message,
      cacheResult: "LambdaExecutionError",
      reason,
      details: [...more, ...trace],
    },
  };
}
