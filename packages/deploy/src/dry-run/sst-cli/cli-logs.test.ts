import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { errorIn, readLogs } from "./cli-logs.ts";

test("reads the logs from before and after the config was read, and nothing else", async () => {
  const root = await temporaryTree({
    "tmp/sst-1.log": "early ",
    "tmp/other.txt": "no",
    "project/.sst/log/sst.log": "late",
  });
  const places = { temporary: join(root, "tmp"), root: join(root, "project") };
  expect(await readLogs(places)).toBe("early late");
  expect(await readLogs({ temporary: join(root, "none"), root: join(root, "none") })).toBe("");
});

const line = (error: string): string =>
  `level=INFO msg="x" err="no"\nmsg="exited with error" err=${error}\n`;

const errors: [what: string, log: string, error: string | undefined][] = [
  ["nothing", 'level=INFO msg="evaluating config"\n', undefined],
  ["a word", line("EOF"), "EOF"],
  ["a text", line(String.raw`"one \"two\"\n\tthree"`), 'one "two"\n\tthree'],
  [
    "Go's other escapes",
    line(String.raw`"\x1b[31m \u00e4 \U0001f600 \\x41"`),
    "\u001B[31m \u00E4 \u{1F600} \\x41",
  ],
  [
    "the message of an uncaught error",
    line(
      String.raw`"exit status 1\nfile:///a.mjs:1\n\nRangeError [ERR_X]: one\n  two\n    at file:///a.mjs:1\n\nNode.js v22\n"`,
    ),
    "one\n  two",
  ],
];

test.each(errors)("finds %s", (_what, log, error) => {
  expect(errorIn(log)).toBe(error);
});
