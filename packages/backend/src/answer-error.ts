import type { AccessRules } from "@sst-gatehouse/core/access";
import { originHeader } from "@sst-gatehouse/core/caller";
import { GuardError, type ErrorCode } from "@sst-gatehouse/core/errors";
import { withResource } from "@sst-gatehouse/core/resource";
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
  settings_unavailable: { "retry-after": "5" },
};

/** The answer to something thrown. A refusal says why; a fault tells the caller nothing and writes one line to the log. */
export function answerError(
  thrown: unknown,
  event: FunctionUrlEvent,
  log: Log,
  access?: AccessRules,
): Response {
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
    headers: { ...headers[code], ...challengeFor(code, event, access) },
  });
}

/** The guard's challenge for the same refusal. Its origin is in a header of the guard's own. */
function challengeFor(
  code: ProblemCode,
  { rawPath: path, headers: sent, requestContext: { http } }: FunctionUrlEvent,
  access: AccessRules | undefined,
): Readonly<Record<string, string>> {
  if (code !== "token_revoked") return {};
  const request = { method: http.method, path };
  const challenge = 'Bearer error="invalid_token"';
  const origin = sent[originHeader];
  return {
    "www-authenticate":
      access === undefined || origin === undefined
        ? challenge
        : withResource(challenge, access, request, origin),
  };
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
