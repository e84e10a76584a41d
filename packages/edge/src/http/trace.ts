import { randomBytes } from "node:crypto";

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
    traceId: given?.traceId ?? randomDigits(32),
    spanId: randomDigits(16),
    flags: `0${parseInt(given?.flags ?? "3", 16) & knownFlags}`,
    continued: given !== undefined,
  };
}

/** For requests to come: Node takes longer for 48 digits alone than to hand out a hundred times as many. */
let stock = "";
let taken = 0;

function randomDigits(count: number): string {
  if (taken + count > stock.length) {
    stock = randomBytes(2400).toString("hex");
    taken = 0;
  }
  return stock.slice(taken, (taken += count));
}

/** The value of `traceparent` for whoever is next. */
export function toTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
