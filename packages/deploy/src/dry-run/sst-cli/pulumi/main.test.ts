import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";

const main = join(import.meta.dirname, "main.ts");

/** Starts the stand-in as the SST CLI starts pulumi. */
async function pulumi(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { code: child.exitCode, stderr };
}

test("leaves an empty state where it is told to keep states", async () => {
  const root = await temporaryTree();
  const args = ["settings.json", "stack", "init", "organization/app/jane"];
  expect(await pulumi(args, { PULUMI_BACKEND_URL: `file://${root}` })).toMatchObject({ code: 0 });
  const state = JSON.parse(await readFile(join(root, ".pulumi/stacks/app/jane.json"), "utf8"));
  expect(state).toMatchObject({ version: 3, checkpoint: { latest: { resources: [] } } });
});

test("refuses a command that it does not play", async () => {
  const { code, stderr } = await pulumi(["settings.json", "destroy"], {});
  expect(code).toBe(1);
  expect(stderr).toContain("The stand-in for pulumi has no command destroy");
});
