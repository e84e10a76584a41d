import { readLogLine } from "@sst-gatehouse/blueprint/log-line";

import type { Explain } from "../aws/explain.ts";

/** As Node says it, with advice that nobody here can follow. */
const refusedFile = /Access to this API has been restricted\. Use --allow-fs-/;

const whereFilesAre = [
  "a function reads what is in its bundle, and writes below os.tmpdir(): that is /tmp on Lambda, and a folder of its own here",
];

/** Shows a line that a function has printed: the guard's and `protect()`'s as sentences, everything else as it is. */
export function explainLine(line: string, from: string, explain: Explain): void {
  const ours = readLogLine(line);
  if (ours === undefined) return explain(from, line, refusedFile.test(line) ? whereFilesAre : []);
  const { requestId, words, at, members } = ours;
  const about = requestId === undefined ? undefined : { request: requestId, line: members };
  explain(from, words, at, about);
}
