import { parseTraceParent, traceHeader } from "@sst-gatehouse/core/trace";

import type { FunctionUrlEvent } from "./function-url-event.ts";
import type { LogSubject } from "./log.ts";

/** Set by CloudFront, after the guard: what the guard's own line and the viewer's answer call the request. */
const cloudFrontId = "x-amz-cf-id";

/** @param event as `visibleEvent` has it: only of the guard's requests does it name CloudFront's id. */
export function subjectOf({ headers, requestContext }: FunctionUrlEvent): LogSubject {
  const { requestId, http } = requestContext;
  const given = headers[cloudFrontId] ?? "";
  const trace = parseTraceParent([headers[traceHeader] ?? ""])?.traceId;
  return {
    requestId: /^[\w=-]{1,128}$/.test(given) ? given : requestId,
    lambdaRequestId: requestId,
    ...(trace === undefined ? {} : { trace }),
    method: http.method,
  };
}
