import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import type { Explain } from "../aws/explain.ts";

/** Shows a line of the guard's log: its decisions as sentences, everything else as it is. */
export function explainGuardLine(line: string, explain: Explain): void {
  const entry = readLine(line, "guard");
  if (entry === undefined) return explain("guard", line);
  if (entry.has("notice")) return explain("guard", noticeIn(entry));
  const answered = entry.is("outcome", "refused") || entry.is("outcome", "session");
  const outcome = answered ? entry.words("status", "code") : entry.words("outcome");
  const cause = entry.has("cause") ? `(${entry.words("cause")})` : "";
  const about = [
    entry.words("method"),
    entry.has("rule") ? `rule ${entry.words("rule")}` : "",
    entry.has("otherRule") ? `or ${entry.words("otherRule")}` : "",
    entry.has("caller") ? `as ${entry.words("caller")}` : "",
    cause,
  ];
  const detail = entry.has("detail") ? `: ${entry.words("detail")}` : "";
  explain("guard", [outcome, ...about].filter(Boolean).join(" ") + detail);
}

/** Shows a line of a backend's log: what `protect()` says as sentences, everything else as it is. */
export function explainBackendLine(line: string, name: string, explain: Explain): void {
  const entry = readLine(line, "backend");
  if (entry === undefined) return explain(name, line);
  if (entry.has("notice")) return explain(name, noticeIn(entry));
  if (entry.is("level", "info"))
    return explain(name, `${entry.words("status", "method")} in ${entry.words("ms")} ms`);
  const told = entry.words("status", "code", "method", "error");
  explain(name, entry.has("detail") ? `${told}: ${entry.words("detail")}` : told, entry.list("at"));
}

interface Line {
  has(name: string): boolean;
  is(name: string, value: string): boolean;
  /** The texts and numbers of these members, as words. */
  words(...names: readonly string[]): string;
  list(name: string): readonly string[];
}

function noticeIn(entry: Line): string {
  const cause = entry.has("cause") ? `: ${entry.words("cause")}` : "";
  return `${entry.words("notice").replaceAll("_", " ")}${cause}`;
}

/** @returns undefined for what is not a line of ours. */
function readLine(line: string, by: "guard" | "backend"): Line | undefined {
  let members: unknown;
  try {
    members = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(members) || members["by"] !== by) return undefined;
  const known = members;
  const textOf = (name: string): string => {
    const value = known[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return {
    has: (name) => known[name] !== undefined,
    is: (name, value) => known[name] === value,
    words: (...names) =>
      names
        .map(textOf)
        .filter((word) => word !== "")
        .join(" "),
    list(name) {
      const value = known[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
  };
}
