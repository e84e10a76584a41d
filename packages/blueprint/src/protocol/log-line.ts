import { isRecord } from "../is-record.ts";

/** A line of the guard's or of `protect()`'s log (docs/logs.schema.json), in words. */
export interface LogLine {
  readonly by: "guard" | "backend";
  /** Absent for what happened in the background. */
  readonly requestId?: string;
  /** In a backend's line. */
  readonly lambdaRequestId?: string;
  readonly code?: string;
  /** What it says, in one line. */
  readonly words: string;
  /** All that it has. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Where something was thrown. */
  readonly at: readonly string[];
}

/** @returns undefined for what is not a line of ours. */
export function readLogLine(text: string): LogLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(line)) return undefined;
  const { by, requestId, lambdaRequestId, code, at } = line;
  if (by !== "guard" && by !== "backend") return undefined;
  return {
    by,
    ...(typeof requestId === "string" && { requestId }),
    ...(typeof lambdaRequestId === "string" && { lambdaRequestId }),
    ...(typeof code === "string" && { code }),
    members: line,
    words: line["notice"] === undefined ? wordsOf(line) : noticeOf(line),
    at: Array.isArray(at) ? at.map(String) : [],
  };
}

type Members = Readonly<Record<string, unknown>>;

function noticeOf(line: Members): string {
  const cause = textOf(line["cause"]);
  return `${textOf(line["notice"]).replaceAll("_", " ")}${cause && `: ${cause}`}`;
}

function wordsOf(line: Members): string {
  const told = (name: string, before = "", after = ""): string => {
    const text = textOf(line[name]);
    return text && `${before}${text}${after}`;
  };
  const goesOn = line["outcome"] === "forwarded" || line["outcome"] === "preflight";
  const words = [
    goesOn ? told("outcome") : told("status"),
    told("code"),
    told("method"),
    told("path"),
    told("rule", "rule "),
    told("otherRule", "or "),
    told("caller", "as "),
    told("error"),
    told("cause", "(", ")"),
    line["level"] === "info" ? told("ms", "in ", " ms") : "",
  ];
  return words.filter(Boolean).join(" ") + told("detail", ": ");
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
