import { GuardError, type ErrorCode } from "@sst-gatehouse/core/errors";
import { HTTPException } from "hono/http-exception";

import type { FunctionUrlEvent } from "./function-url-event.ts";
import { thrownAt, type Log } from "./log.ts";
import { subjectOf } from "./log-subject.ts";
import { problemResponse, type ProblemCode } from "./problem.ts";

/** The refusals that the backend makes itself. Any other code thrown here would be our own fault. */
const statuses: Partial<Record<ErrorCode, number>> = {
  token_revoked: 401,
  settings_unavailable: 503,
  path_malformed: 400,
  path_ambiguous: 400,
  header_malformed: 400,
  access_denied: 403,
  method_not_allowed: 405,
  settings_invalid: 500,
};

/** As the guard has them for the same refusals. */
const headers: Partial<Record<ProblemCode, Readonly<Record<string, string>>>> = {
  token_revoked: { "www-authenticate": 'Bearer error="invalid_token"' },
  settings_unavailable: { "retry-after": "5" },
};

/** The answer to something thrown. A refusal says why; a fault tells the caller nothing and writes one line to the log. */
export function answerError(thrown: unknown, event: FunctionUrlEvent, log: Log): Response {
  const subject = subjectOf(event);
  const { status, code, detail } = judge(thrown);
  const fault = status >= 500;
  log({
    level: fault ? "error" : "warn",
    ...subject,
    status,
    code,
    // A GuardError's message never quotes the request; any other message might.
    ...(thrown instanceof GuardError ? { detail: thrown.message } : {}),
    ...(fault ? thrownAt(thrown) : {}),
  });
  return problemResponse({
    status,
    code,
    requestId: subject.requestId,
    ...(status === 500 || detail === undefined ? {} : { detail }),
    ...(headers[code] === undefined ? {} : { headers: headers[code] }),
  });
}

function judge(thrown: unknown): { status: number; code: ProblemCode; detail?: string } {
  if (thrown instanceof GuardError) {
    const status = statuses[thrown.code];
    if (status !== undefined) return { status, code: thrown.code, detail: thrown.message };
  }
  // A route's own refusal; Hono's validators throw these too.
  if (thrown instanceof HTTPException && thrown.status >= 400 && thrown.status < 500) {
    const { status, message: detail } = thrown;
    return { status, code: status === 404 ? "not_found" : "invalid_request", detail };
  }
  return { status: 500, code: "internal_error" };
}
