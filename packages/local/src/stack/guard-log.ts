import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import type { Explain } from "../aws/explain.ts";

/** Shows a line of the guard's log: its decisions as sentences, everything else as it is. */
export function explainGuardLine(line: string, explain: Explain): void {
  const entry = parse(line);
  if (entry === undefined) return explain("guard", line);
  const text = (name: string): string => {
    const value = entry[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  if (entry["notice"] !== undefined) {
    return explain(
      "guard",
      [text("notice").replaceAll("_", " "), text("cause")].filter(Boolean).join(": "),
    );
  }
  const about = [
    text("method"),
    entry["rule"] === undefined ? "" : `rule ${text("rule")}`,
    entry["caller"] === undefined ? "" : `as ${text("caller")}`,
  ];
  const answered = entry["outcome"] === "refused" || entry["outcome"] === "session";
  const outcome = answered ? `${text("status")} ${text("code")}`.trim() : text("outcome");
  const cause = entry["cause"] === undefined ? "" : `(${text("cause")})`;
  const detail = text("detail") === "" ? "" : `: ${text("detail")}`;
  return explain("guard", [outcome, ...about, cause].filter(Boolean).join(" ") + detail);
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
