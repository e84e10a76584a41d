import { allowedMethods } from "@sst-gatehouse/blueprint/cache-behavior";
import type { ErrorCode, GuardError, LargestHeader } from "@sst-gatehouse/core/errors";
import type { CloudFrontHeaders, CloudFrontResultResponse } from "aws-lambda";

export { readOwnAuthorization } from "./http/own-authorization.ts";
export { corsHeaders, preflightHeaders } from "./http/preflight.ts";

interface Answer {
  readonly status: number;
  /** `WWW-Authenticate`, as RFC 6750 section 3 has it. */
  readonly challenge?: string;
  readonly retryAfterSeconds?: number;
}

const invalidToken: Answer = { status: 401, challenge: 'Bearer error="invalid_token"' };
const malformed: Answer = { status: 400 };

/** What the caller sees. A code without a row does not compile. */
const answers: Record<ErrorCode, Answer> = {
  // RFC 6750 section 3.1: no error code for a request that carries no token.
  token_missing: { status: 401, challenge: "Bearer" },
  token_malformed: invalidToken,
  token_too_large: invalidToken,
  token_signature: invalidToken,
  token_expired: invalidToken,
  token_not_yet_valid: invalidToken,
  token_issuer: invalidToken,
  token_client: invalidToken,
  token_use: invalidToken,
  token_revoked: invalidToken,
  access_denied: { status: 403, challenge: 'Bearer error="insufficient_scope"' },
  cross_site: { status: 403 },
  path_malformed: malformed,
  path_ambiguous: malformed,
  query_malformed: malformed,
  header_malformed: malformed,
  method_not_allowed: { status: 405 },
  origin_unknown: { status: 421 },
  body_hash_required: { status: 413 },
  body_too_large: { status: 413 },
  headers_too_large: { status: 431 },
  keys_unavailable: { status: 503, retryAfterSeconds: 5 },
  settings_unavailable: { status: 503, retryAfterSeconds: 5 },
  settings_invalid: { status: 500 },
};

/** Where a refused client finds the sign-in; relative, so that it is always on the app's own origin. */
const signInPath = "/.auth/login";

/** An answer to a CORS preflight. */
export function preflightAnswer(headers: AnswerHeaders): CloudFrontResultResponse {
  return answer(204, undefined, headers);
}

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
  const { status, challenge, retryAfterSeconds } = answers[code];
  return problemJson({ status, code, detail, largest }, requestId, {
    ...(challenge === undefined ? {} : { "www-authenticate": challenge }),
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
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

/** `WWW-Authenticate` of a refusal, where it has one. */
export function challengeOf(code: ErrorCode): string | undefined {
  return answers[code].challenge;
}

/** The HTTP status of a refusal, for the log. */
export function statusOf(code: ErrorCode): number {
  return answers[code].status;
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
  for (const [name, value] of Object.entries(added)) {
    const lines = [value].flat();
    if (lines.length > 0) headers[name] = lines.map((line) => ({ key: name, value: line }));
  }
  return { ...response, headers };
}
