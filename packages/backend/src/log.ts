import type { RevocationsNotice } from "@sst-gatehouse/revocations/revocations";

/** Which request a line is about. */
export interface LogSubject {
  /** CloudFront's, as the guard's line has it; Lambda's own where the request did not come through the guard. */
  readonly requestId: string;
  /** As all lines have it that the app itself writes by `console`. */
  readonly lambdaRequestId: string;
  /** The id of the W3C trace, 32 hex digits. */
  readonly trace?: string;
  readonly method: string;
}

/**
 * `info`: an answer, one line each. Else what went wrong with one. `docs/logs.schema.json` has its members. No path, no
 * query, no header, nobody else's message: each may quote a secret.
 */
export interface LogLine extends LogSubject {
  readonly level: "info" | "warn" | "error";
  readonly status: number;
  readonly code?: string;
  /** Until the answer began. */
  readonly ms?: number;
  /** Our own sentence about it, where there is one. */
  readonly detail?: string;
  /** The name of what was thrown, and where: the stack without its message. */
  readonly error?: string;
  readonly at?: readonly string[];
}

export type Log = (line: LogLine) => void;

/** Writes one line of JSON, of version 1, to stdout, which Lambda sends to CloudWatch. */
export const writeLog = (line: LogLine | RevocationsNotice): void => {
  process.stdout.write(`${JSON.stringify({ v: 1, by: "backend", ...line })}\n`);
};

/** The name and place of something thrown. Its message is left out on purpose. */
export function thrownAt(thrown: unknown): Pick<LogLine, "error" | "at"> {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  // The message comes before the frames, and may contain lines that look like frames.
  const { message, stack = "" } = thrown;
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .filter((line) => /^ {4}at \S/.test(line));
  return { error: thrown.name, at: frames.map((line) => line.trim()) };
}
