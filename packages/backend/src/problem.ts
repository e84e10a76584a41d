import { STATUS_CODES } from "node:http";

import type { ErrorCode } from "@sst-gatehouse/core/errors";

/** The guard's codes, and three that only a backend needs. */
export type ProblemCode = ErrorCode | "not_found" | "invalid_request" | "internal_error";

export interface Problem {
  readonly status: number;
  readonly code: ProblemCode;
  /** One sentence for the caller. Absent when the fault is ours. */
  readonly detail?: string;
  readonly requestId: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as `application/problem+json`, in the same form as the guard's. @see RFC 9457 */
export function problemResponse({
  status,
  code,
  detail,
  requestId,
  headers = {},
}: Problem): Response {
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    requestId,
    ...(status === 401 ? { signInUrl: "/.auth/login" } : {}),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "private, no-store",
      ...headers,
    },
  });
}
