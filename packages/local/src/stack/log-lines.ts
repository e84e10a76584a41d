import { readLogLine } from "@sst-gatehouse/blueprint/log-line";

import type { Explain } from "../aws/explain.ts";

/** Shows a line that a function has printed: the guard's and `protect()`'s as sentences, everything else as it is. */
export function explainLine(line: string, from: string, explain: Explain): void {
  const ours = readLogLine(line);
  if (ours === undefined) return explain(from, line);
  const { requestId, words, at, members } = ours;
  const about = requestId === undefined ? undefined : { request: requestId, line: members };
  explain(from, words, at, about);
}
