import { randomBytes } from "node:crypto";

/**
 * The trace of one invocation, as the function and the answer see it. There always is one, sampled or not.
 *
 * @param root one that is continued; begun at the stack's time when absent.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function createTraceId(nowMs: number, root = createRoot(nowMs)): string {
  return `Root=${root};Parent=${hex(8)};Sampled=0;Lineage=1:${hex(4)}:0`;
}

/** `1-<seconds>-<24 hex digits>` */
export function createRoot(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, "0");
  return `1-${seconds}-${hex(12)}`;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
