import type { About } from "../explain.ts";

/** An answer that Lambda gives instead of the function, and why, for the terminal. */
export interface Refusal {
  readonly status: number;
  /** `x-amzn-ErrorType`; absent when the function is at fault. */
  readonly errorType?: string;
  /** Whether the function was asked: only then does the answer name a trace. */
  readonly functionRan?: true;
  /** The exact body. */
  readonly body: string;
  readonly reason: string;
  readonly details?: readonly string[];
  readonly canonical?: About["canonical"];
}

/** Lambda's authorisation layer, which spells `Message`. */
export function forbidden(reason: string, details: readonly string[] = []): Refusal {
  const body = JSON.stringify({
    Message:
      "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
  });
  return { status: 403, errorType: "AccessDeniedException", body, reason, details };
}

/** A request that is not signed at all. */
export function unsigned(reason: string): Refusal {
  return {
    status: 403,
    errorType: "AccessDeniedException",
    body: '{"Message":"Forbidden"}',
    reason,
  };
}

/** More calls at once than Lambda allows. That a Function URL answers 429 is documented; the body is the API's. */
export function throttled(reason: string): Refusal {
  const body = JSON.stringify({
    Reason: "ConcurrentInvocationLimitExceeded",
    Type: "User",
    message: "Rate Exceeded.",
  });
  return { status: 429, errorType: "TooManyRequestsException", body, reason };
}

/** A host that no function has: 403, not 404, and a message of `null`. */
export function unknownHost(reason: string): Refusal {
  return { status: 403, errorType: "AccessDeniedException", body: '{"Message":null}', reason };
}

/** The signature layer, which spells `message`. */
export function badSignature(refused: {
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
  readonly reason: string;
  readonly details: readonly string[];
  readonly canonical?: About["canonical"];
}): Refusal {
  const { status, errorType, message, reason, details, canonical } = refused;
  const body = JSON.stringify({ message });
  return { status, errorType, body, reason, details, ...(canonical && { canonical }) };
}

export function invalidQuery(reason: string): Refusal {
  return {
    status: 400,
    errorType: "InvalidQueryStringException",
    body: '{"message":null}',
    reason,
  };
}

export function tooLarge(reason: string): Refusal {
  const body = JSON.stringify({
    Message: "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
  });
  return { status: 413, errorType: "RequestEntityTooLargeException", body, reason };
}

/** The function threw, timed out, ended or answered nonsense: the client learns nothing more. */
export function functionFailed(reason: string, details: readonly string[] = []): Refusal {
  return { status: 502, functionRan: true, body: "Internal Server Error", reason, details };
}
