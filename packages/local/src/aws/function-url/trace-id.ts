import { createRoot, createTraceId } from "../lambda/trace-id.ts";

/** An X-Ray trace of one request. */
export interface Trace {
  /** The header in the event. */
  readonly header: string;
  /** What the function's environment and the answer say. */
  readonly id: string;
}

/**
 * Continues a client's trace, or begins one.
 *
 * @param incoming the client's `x-amzn-trace-id`, when it sent one.
 */
export function createTrace(incoming: string | undefined, nowMs: number): Trace {
  const own = createRoot(nowMs);
  const root = /(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(incoming ?? "")?.[1];
  return {
    header: root === undefined ? `Root=${own}` : `Self=${own};${incoming}`,
    id: createTraceId(nowMs, root ?? own),
  };
}
