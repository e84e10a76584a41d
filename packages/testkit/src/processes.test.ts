import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "vitest";

import { temporaryTree } from "./temporary-tree.ts";
import { treeOf, watchProcesses } from "./processes.ts";

/** A process 7, its child 8 called `a) b` with a child 9, and a stranger 10. */
const machine = () =>
  temporaryTree({
    "7/stat": "7 (node) S 1 7 7 0",
    "7/cmdline": "node\0main.ts\0",
    "7/environ": "",
    "8/stat": "8 (a) b) S 7 7 7 0",
    "8/cmdline": "sst\0deploy\0--stage\0x y\0",
    "8/environ": "HOME=/root\0EMPTY=\0",
    "9/stat": "9 (git) R 8 7 7 0",
    "9/cmdline": "git\0",
    "10/stat": "10 (sshd) S 1 10 10 0",
    "10/cmdline": "sshd\0",
    "self/stat": "",
  });

test("a process brings along all that it has started, and nobody else's", async () => {
  expect(treeOf(7, await machine())).toEqual([7, 8, 9]);
});

test("what was started is seen with its command and its environment, one that may not be read without it", async () => {
  expect(watchProcesses(7, await machine())()).toEqual([
    { command: "sst deploy --stage x y", environment: ["HOME=/root", "EMPTY="] },
    { command: "git", environment: [] },
  ]);
});

test("a process that ends before the watch does is seen, once", async ({ skip }) => {
  skip(process.platform !== "linux", "processes are looked up in /proc");
  const stop = watchProcesses(process.pid);
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 500)", "seen"], {
    env: { ONLY: "this" },
  });
  await once(child, "close");
  const seen = stop().filter(({ command }) => command.endsWith(" seen"));
  expect(seen.map(({ environment }) => environment)).toEqual([["ONLY=this"]]);
});
