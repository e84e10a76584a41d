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

test("runs nothing when the CLI's server is not its own", async () => {
  const root = await temporaryTree();
  const outcome = join(root, "outcome.json");
  const eventLog = join(root, "events.json");
  const settings = await temporaryTree({ "settings.json": JSON.stringify({ root, outcome }) });
  const stack = ["--stack", "organization/app/jane", "--event-log", eventLog];
  const args = [join(settings, "settings.json"), "up", ...stack];
  expect(await pulumi(args, { SST_SERVER: "http://127.0.0.1:1" })).toMatchObject({ code: 1 });
  expect(JSON.parse(await readFile(outcome, "utf8"))).toEqual({ kind: "port-taken" });
  expect(await readFile(eventLog, "utf8")).toMatch(/^\{.*"summaryEvent".*\}\n$/);
});

test("refuses a command that it does not play", async () => {
  const { code, stderr } = await pulumi(["settings.json", "destroy"], {});
  expect(code).toBe(1);
  expect(stderr).toContain("The stand-in for pulumi has no command destroy");
});
