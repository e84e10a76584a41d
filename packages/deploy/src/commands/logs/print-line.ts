import { readLogLine } from "@sst-gatehouse/blueprint/log-line";

import { isObject, parseJson } from "../../dry-run/graph/json.ts";
import type { PrintedLine } from "./gather-lines.ts";

/** For a person: ours as a sentence, an app's own as it is. */
export function lineInWords({ timestamp, region, from, text }: PrintedLine): string {
  const ours = readLogLine(text);
  const lines = ours === undefined ? [text] : [ours.words, ...ours.at];
  const head = `${new Date(timestamp).toISOString()} ${region.padEnd(14)} ${from.padEnd(8)}`;
  return `${head} ${lines.map(printable).join("\n    ")}`;
}

/** For a program: a line of JSON as an object, everything else as text. */
export function lineInJson({ timestamp, region, group, text }: PrintedLine): string {
  const line = parseJson(text);
  return JSON.stringify({ timestamp, region, group, line: isObject(line) ? line : text });
}

/** What an app prints may hold control characters that would move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}
