import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { inOwnNetwork, whyNoOwnNetwork } from "@sst-gatehouse/deploy/own-network";
import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { beforeEach, expect, test, vi } from "vitest";

const modules = join(import.meta.dirname, "../node_modules");
const reporter = join(import.meta.dirname, "listeners-reporter.ts");

vi.setConfig({ testTimeout: 120_000 });

// What listens beyond loopback here, on purpose, nobody can reach.
const why = whyNoOwnNetwork();
beforeEach(({ skip }) => skip(why !== undefined, why));

/** Runs a project with one test, in which a child listens on an address for a moment, and which passes. */
async function run(address: string): Promise<{ code: number | null; printed: string }> {
  const child = `require("node:http").createServer().listen(0, "${address}"); setTimeout(process.exit, 1000);`;
  const root = await temporaryTree({
    "a.test.ts": `
      import { execFileSync } from "node:child_process";
      import { test } from "vitest";
      test("passes", () => { execFileSync(process.execPath, ["--eval", ${JSON.stringify(child)}]); });`,
  });
  await symlink(modules, join(root, "node_modules"));
  const vitest = [join(modules, "vitest/vitest.mjs"), "run", "--root", root];
  const [command, ...args] = inOwnNetwork([process.execPath, ...vitest, "--reporter", reporter]);
  const running = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, "close"),
  ]);
  return { code: running.exitCode, printed: out + errors };
}

test("a run in which a child listens on all addresses fails, though its tests pass", async () => {
  const { code, printed } = await run("0.0.0.0");
  expect(printed).toMatch(/^listened beyond loopback: port \d+ of \S+node --eval /m);
  expect(code).toBe(1);
});

test("a run in which a child listens on loopback passes", async () => {
  expect(await run("127.0.0.1")).toEqual({
    code: 0,
    printed: "nothing listened beyond loopback\n",
  });
});
