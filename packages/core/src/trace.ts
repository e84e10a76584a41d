/** How a request says which trace it belongs to, as W3C Trace Context has it. */
export const traceHeader = "traceparent";

/** A request's place in a trace. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** Of whoever sends the request: 16 hex digits. */
  readonly spanId: string;
  /** Two hex digits; the last bit says that the trace is recorded. */
  readonly flags: string;
}

/** Version 00 has nothing behind its flags; a later version may have, after a dash. `ff` is none. */
const traceParent =
  /^(?!ff|00.{54})[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/**
 * @param values every value of the header; exactly one is right.
 * @returns undefined for anything that is not to be continued.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceParent(values: readonly string[] = []): TraceParent | undefined {
  const [, traceId, spanId, flags] = (values.length === 1 && traceParent.exec(values[0]!)) || [];
  return traceId && spanId && flags ? { traceId, spanId, flags } : undefined;
}
