import { spawnSync } from "node:child_process";

import { expect, test } from "vitest";

import { isProcessAlive } from "./is-process-alive.ts";

test("this process is alive, and so is one that belongs to somebody else", () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  // The first process of the machine: only its owner may send it a signal.
  expect(isProcessAlive(1)).toBe(true);
});

test("a process that has ended is not", () => {
  expect(isProcessAlive(spawnSync(process.execPath, ["-e", ""]).pid)).toBe(false);
});
