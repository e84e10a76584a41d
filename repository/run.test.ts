import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

const run = join(import.meta.dirname, "run.js");
const directory = mkdtempSync(join(tmpdir(), "gatehouse-run-"));
afterAll(() => rmSync(directory, { recursive: true }));

const command = join(directory, "command.ts");
writeFileSync(
  command,
  "const words: readonly string[] = process.argv.slice(1); console.log(JSON.stringify(words)); process.exitCode = 3;",
);

function start(options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, run, command, "--stage", "a b"],
    { encoding: "utf8", env: { npm_lifecycle_event: "plan" } },
  );
  return { status, stdout, stderr };
}

test("runs a command with its arguments and its exit code", () => {
  const { status, stdout } = start([]);
  expect({ status, words: JSON.parse(stdout) }).toEqual({
    status: 3,
    words: [command, "--stage", "a b"],
  });
});

test("says in one line what to type when Node cannot run TypeScript", () => {
  expect(start(["--no-experimental-strip-types"])).toEqual({
    status: 1,
    stdout: "",
    stderr: `Node ${process.versions.node} cannot run TypeScript. Run this with the project's own Node: npx --yes pnpm@10.34.9 plan\n`,
  });
});
