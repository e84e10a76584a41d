import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { foreignApp } from "../test/foreign-app.ts";
import { runCommand } from "./run-command.ts";

// A machine without AWS: no credentials, no profile, no instance to ask.
beforeAll(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
});
afterAll(() => vi.unstubAllEnvs());

let root: string;
beforeEach(async () => {
  root = await foreignApp();
});

async function run(words: readonly string[], cwd = root) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const code = await runCommand(words, { stdin, stdout, stderr, env: process.env, cwd: () => cwd });
  stdout.end();
  stderr.end();
  return { code, stdout: await textOf(stdout), stderr: await textOf(stderr) };
}

test.each([
  [["--help"], "gatehouse doctor "],
  [["outputs", "--help"], "gatehouse outputs --stage <name>"],
  [["users", "--help"], "gatehouse users add <username>"],
  [["users", "add", "--help"], "gatehouse users add <username>"],
  [["doctor", "--help"], "gatehouse doctor --stage <name> [--json]"],
  [["prove", "--help"], "gatehouse prove --stage <name>"],
  [["sweep", "-h"], "gatehouse sweep [--stage <name>] [--yes]"],
])("explains itself for %j", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(text);
});

test.each([
  [[], "Choose a command: "],
  [["deploy"], "There is no command deploy: "],
  [["outputs"], "--stage is needed: the name you gave to `sst deploy --stage`. See"],
  [["outputs", "--stage"], "See npx gatehouse outputs --help."],
  [["outputs", "--stage", "dev", "--jsn"], "'--jsn'"],
  [["outputs", "dev"], "'dev'"],
  [["outputs", "--stage", "live"], "looks like production"],
  [["users"], "Choose what to do: add, revoke. See npx gatehouse users --help."],
  [["users", "remove", "carol"], "There is no command users remove; choose one of add"],
  [["users", "add", "carol"], "--stage is needed"],
  [["sweep", "--stage", "Dev_1"], "lower-case letters"],
  [["sweep", "--force"], "'--force'"],
  [["doctor"], "--stage is needed"],
  [["prove", "--stage", "production"], "add --production-too"],
  [["doctor", "--stage", "dev", "--fix"], "'--fix'"],
])("refuses %j in one line that says what to do", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(text);
  expect(stderr).toContain("--help");
});

test.each([
  [["outputs", "--stage", "dev"], "The outputs of stage dev cannot be read"],
  [["users", "add", "carol", "--stage", "dev", "--no-invitation"], "The outputs of stage dev"],
  [["doctor", "--stage", "dev", "--json"], "The outputs of stage dev cannot be read"],
  [["prove", "--stage", "dev"], "The guard that stage dev uses cannot be determined"],
  [["sweep", "--yes"], "The guards in this account cannot be listed"],
])("says for %j that there are no credentials, and where they come from", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(text);
  expect(stderr).toContain("no AWS credentials were found. Set AWS_PROFILE");
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
