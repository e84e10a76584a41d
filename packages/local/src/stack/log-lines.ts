import { readLogLine } from "@sst-gatehouse/blueprint/log-line";

import type { Explain } from "../aws/explain.ts";

/** What Node says of a function here, and what it cannot know. */
const hints: readonly (readonly [what: RegExp, hint: string])[] = [
  [
    /Access to this API has been restricted\. Use --allow-fs-/,
    "a function reads what is in its bundle, and writes below os.tmpdir(): that is /tmp on Lambda, and a folder of its own here",
  ],
  [
    /^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package '/,
    "what SST installs beside a bundle is not here: the packages of nodejs.install, sharp and pg-native. Import such a package where it is needed, and the rest of the function works",
  ],
];

/** Shows a line that a function has printed: the guard's and `protect()`'s as sentences, everything else as it is. */
export function explainLine(line: string, from: string, explain: Explain): void {
  const ours = readLogLine(line);
  if (ours === undefined)
    return explain(
      from,
      line,
      hints.filter(([what]) => what.test(line)).map(([, hint]) => hint),
    );
  const { requestId, words, at, members } = ours;
  const about = requestId === undefined ? undefined : { request: requestId, line: members };
  explain(from, words, at, about);
}
