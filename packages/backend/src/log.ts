import type { RevocationsNotice } from "@sst-gatehouse/revocations/revocations";

/** One request that went wrong. No query, no header, nobody else's message: each may quote a secret. */
export interface LogLine {
  readonly level: "warn" | "error";
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string;
  /** Our own sentence about it, where there is one. */
  readonly detail?: string;
  /** The name of what was thrown, and where: the stack without its message. */
  readonly error?: string;
  readonly at?: readonly string[];
}

export type Log = (line: LogLine) => void;

/** Writes one line of JSON to stdout, which Lambda sends to CloudWatch. */
export const writeLog = (line: LogLine | RevocationsNotice): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
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
