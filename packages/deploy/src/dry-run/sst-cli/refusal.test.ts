import { expect, test } from "vitest";

import { refusalIn } from "./refusal.ts";

const unexpected =
  "✕  Unexpected error occurred. Please run with --print-logs or check .sst/log/sst.log if available.\n";

/** As Go's structured log quotes it. */
function log(error: string): string {
  const start = 'time=2030-01-01T00:00:00Z level=INFO msg="evaluating config"';
  return `${start}\ntime=2030-01-01T00:00:00Z level=ERROR msg="exited with error" err=${JSON.stringify(error)}\n`;
}

const uncaught = `Error evaluating config: exit status 1
file:///project/.sst/platform/sst.config.1.mjs:323
    throw new TypeError('stage "x" is wrong:\\n  use another');
          ^

TypeError: stage "x" is wrong:
  use another
    at Object.app (file:///project/.sst/platform/sst.config.1.mjs:323:11)
    at async asyncRunEntryPointWithESMLoader (node:internal/modules/run_main:117:5)

Node.js v22.23.3
`;

const coded = uncaught.replace("TypeError: stage", "TypeError [ERR_X]: stage");

const refusals: [what: string, printed: string, log: string, message: string][] = [
  [
    "what the CLI says",
    "SST 3.19.3 ready!\n\n✕  Failed to build sst.config.ts\n   - sst.config.ts:22:33 Could not resolve\n",
    log("x"),
    "Failed to build sst.config.ts\n   - sst.config.ts:22:33 Could not resolve",
  ],
  ["what app() threw", unexpected, log(uncaught), 'stage "x" is wrong:\n  use another'],
  ["what app() threw with a code", unexpected, log(coded), 'stage "x" is wrong:\n  use another'],
  ["an error of the CLI's own", unexpected, log("no such thing"), "no such thing"],
  [
    "that a provider is not there",
    unexpected,
    `msg="installing deps"\n${log("failed to run bun install ")}`,
    "sst.config.ts asks for providers that are not installed. Run: npx sst install",
  ],
  ["an error of one word", unexpected, 'msg="exited with error" err=EOF\n', "EOF"],
  ["everything that was printed, for want of better", "panic: x\n", "", "panic: x"],
];

test.each(refusals)("gives %s", (_what, printed, text, message) => {
  expect(refusalIn(printed, text)).toBe(message);
});
