import { allowedMethods } from "@sst-gatehouse/blueprint/cache-behavior";
import type { ErrorCode, GuardError, LargestHeader } from "@sst-gatehouse/core/errors";
import { statuses } from "@sst-gatehouse/core/statuses";
import type { CloudFrontHeaders, CloudFrontResultResponse } from "aws-lambda";

export { readOwnAuthorization } from "./http/own-authorization.ts";
export { decidingRule } from "./deciding-rule.ts";
export { corsHeaders, preflightHeaders } from "./http/preflight.ts";

const retryAfterSeconds = "5";

/** Where a refused client finds the sign-in; relative, so that it is always on the app's own origin. */
const signInPath = "/.auth/login";

/** Header values by name; a list becomes as many lines, an empty one none. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * A refusal as `application/problem+json` (RFC 9457). Never cached: CloudFront keeps what an origin-request function
 * answers, by the behaviour's policy.
 *
 * @param extraHeaders win over those of the refusal: CORS, so that a browser lets its script read it, cookies, `Allow`.
 */
export function refusal(
  error: GuardError,
  requestId: string,
  extraHeaders: AnswerHeaders,
): CloudFrontResultResponse {
  const { code, message: detail, largest } = error;
  const challenge = challengeOf(code);
  const status = statuses[code];
  return problemJson({ status, code, detail, largest }, requestId, {
    ...(challenge === undefined ? {} : { "www-authenticate": challenge }),
    ...(status === 503 ? { "retry-after": retryAfterSeconds } : {}),
    ...(code === "method_not_allowed" ? { allow: allowedMethods.join(", ") } : {}),
    ...extraHeaders,
  });
}

interface ProblemMembers {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly largest?: LargestHeader | undefined;
}

/** A problem document (RFC 9457). */
export function problemJson(
  { status, code, detail, largest }: ProblemMembers,
  requestId: string,
  headers: AnswerHeaders,
): CloudFrontResultResponse {
  const problem = {
    type: "about:blank",
    title: reasonPhrases[status],
    status,
    detail,
    code,
    requestId,
    largest,
    ...(status === 401 ? { signInUrl: signInPath } : {}),
  };
  return answer(status, JSON.stringify(problem), {
    "content-type": "application/problem+json",
    ...headers,
  });
}

/** `WWW-Authenticate` of a refusal, as RFC 6750 section 3 has it, where it has one. */
export function challengeOf(code: ErrorCode): string | undefined {
  // Section 3.1: no error code for a request that carries no token.
  if (code === "token_missing") return "Bearer";
  if (statuses[code] === 401) return 'Bearer error="invalid_token"';
  return code === "access_denied" || code === "scope_missing"
    ? 'Bearer error="insufficient_scope"'
    : undefined;
}

/** The HTTP status of a refusal, for the log. */
export function statusOf(code: ErrorCode): number {
  return statuses[code];
}

const reasonPhrases: Record<number, string> = {
  200: "OK",
  204: "No Content",
  302: "Found",
  307: "Temporary Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** An answer of the guard itself, which nobody keeps. */
export function answer(
  status: number,
  body: string | undefined,
  headers: AnswerHeaders,
): CloudFrontResultResponse {
  return withHeaders(
    {
      status: String(status),
      statusDescription: reasonPhrases[status] ?? "",
      ...(body === undefined ? {} : { body }),
    },
    { "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers },
  );
}

export function withHeaders(
  response: CloudFrontResultResponse,
  added: AnswerHeaders,
): CloudFrontResultResponse {
  const headers: CloudFrontHeaders = { ...response.headers };
  for (const name of Object.keys(added)) {
    const value = added[name] ?? [];
    const lines = typeof value === "string" ? [value] : value;
    if (lines.length > 0) headers[name] = lines.map((line) => ({ key: name, value: line }));
  }
  return { ...response, headers };
}
