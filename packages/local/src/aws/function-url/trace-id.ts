import { randomBytes } from "node:crypto";

/** An X-Ray trace of one request. */
export interface Trace {
  /** The header that the function sees. */
  readonly header: string;
  /** What the answer says. */
  readonly root: string;
}

/**
 * Continues a client's trace, or begins one.
 *
 * @param incoming the client's `x-amzn-trace-id`, when it sent one.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function createTrace(incoming: string | undefined, nowMs: number): Trace {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, "0");
  const own = `1-${seconds}-${randomBytes(12).toString("hex")}`;
  const root = /(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(incoming ?? "")?.[1];
  return root === undefined
    ? { header: `Root=${own}`, root: `Root=${own}` }
    : { header: `Self=${own};${incoming}`, root: `Root=${root}` };
}
