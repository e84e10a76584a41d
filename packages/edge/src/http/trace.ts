import { randomUUID } from "node:crypto";

import { parseTraceParent, type TraceParent } from "@sst-gatehouse/core/trace";

/** A request's trace; `spanId` is the guard's own. */
export interface Trace extends TraceParent {
  /** Whether the viewer began it. */
  readonly continued: boolean;
}

/** Recorded, and whose id is random: nobody may send a flag on that he does not know. */
const knownFlags = 0b11;

/**
 * Continues the viewer's trace, or begins one that is recorded.
 *
 * @param values of the viewer's `traceparent`.
 */
export function traceOf(values: readonly string[] | undefined): Trace {
  const given = parseTraceParent(values);
  return {
    traceId: given?.traceId ?? randomHex(),
    spanId: randomHex().slice(16),
    flags: `0${parseInt(given?.flags ?? "3", 16) & knownFlags}`,
    continued: given !== undefined,
  };
}

/** 32 digits, of which six bits are not random: Node has these in stock, and fetches other bytes for each request. */
function randomHex(): string {
  const id = randomUUID();
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
}

/** The value of `traceparent` for whoever is next. */
export function toTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
