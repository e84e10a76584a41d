import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { appFiles, foreignApp } from "../test/foreign-app.ts";
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
  [["logs", "--help"], "gatehouse logs --stage <name> [--since <time>]"],
  [["prove", "--help"], "gatehouse prove --stage <name>"],
  [["deploy-role", "--help"], "gatehouse deploy-role --account <id>"],
  [["rules", "--help"], "gatehouse rules explain <who> <method> <path>"],
  [["sweep", "-h"], "gatehouse sweep [--stage <name>] [--yes]"],
])("explains itself for %j", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(text);
});

test.each([
  [[], "Choose a command: "],
  [["deploy"], "There is no command deploy: "],
  [["start", "--prot", "1"], "'--prot'"],
  [["start", "--port", "http"], "--port"],
  [["start", "--stage", "anna"], "--stage"],
  [["start", "--from-deploy", "--stage", "live"], "live"],
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
  [["deploy-role"], "--account is needed; it is such as 123456789012. See"],
  [
    ["deploy-role", "--account", "111122223333", "--subject", "repo:a/*"],
    "--subject is malformed; it is such as repo:OWNER/REPO, without an asterisk",
  ],
  [["logs"], "--stage is needed"],
  [["logs", "--stage", "dev", "--since", "1w"], "--since is a time such as 90s, 15m, 1h or 2d"],
  [["logs", "--stage", "dev", "--request", 'a" || "'], "--request is an id such as"],
  [["logs", "--stage", "dev", "--code", "Denied"], "--code is a code of a refusal"],
  [["prove", "--stage", "production"], "add --production-too"],
  [["doctor", "--stage", "dev", "--fix"], "'--fix'"],
  [["rules"], "Write explain <who> <method> <path>, or test"],
  [["rules", "explain", "alice", "/books/1"], "Write explain"],
  [["rules", "test", "books"], "Write explain"],
  [["rules", "explain", "bob", "GET", "/books/1"], "There is no bob, only anybody, a person"],
  [["rules", "explain", "alice", "GET", "books/1"], "A path begins with /, and books/1 does not"],
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

test("says what the rules say of a request, without starting anything", async () => {
  expect(await run(["rules", "explain", "alice", "post", "/books/1"])).toEqual({
    code: 0,
    stderr: "",
    stdout: `POST /books/1
  who     alice: a person in no group, with an access token with the scopes openid, email, profile
  rule    POST /books/*
  admits  people in the group editors
  answer  403 access_denied: This needs one of the groups editors. Signing in again does not change
          that.

The path as somebody could read it
  /books/1  POST /books/*
`,
  });
});

test("says which examples are not so, and exits with 1", async () => {
  expect(await run(["rules", "test"])).toEqual({
    code: 0,
    stderr: "",
    stdout: "All 2 examples are so.\n",
  });
  const access = String(appFiles["access.ts"]);
  const edited = access.replace("alice: 200", "alice: 403");
  expect(await run(["rules", "test"], await foreignApp({ "access.ts": edited }))).toEqual({
    code: 1,
    stderr: "",
    stdout:
      'GET /books/1 says 403 for alice, who is let in by "/books/*"\n1 of 2 examples is not so.\n',
  });
  const without = await foreignApp({ "access.ts": access.replace(/ {2}examples:.*\n/, "") });
  const { code, stderr } = await run(["rules", "test"], without);
  expect([code, stderr]).toEqual([1, expect.stringContaining("There are no examples.")]);
});

test("writes the policies of a deploy role for the app that it is run in", async () => {
  const whose = ["--account", "111122223333", "--subject", "repo:a/b", "--bootstrap", "abc"];
  const printed = await run(["deploy-role", ...whose]);
  expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: "" });
  const { trust, boundary, permissions, ...others } = JSON.parse(printed.stdout);
  expect(others).toEqual({});
  expect(trust.Statement[0].Condition.StringEquals).toMatchObject({
    "token.actions.githubusercontent.com:sub": "repo:a/b:environment:production",
  });
  expect(boundary.Statement[0].Resource).toBe(
    "arn:aws:lambda:eu-west-1:111122223333:function:shelf-production-*",
  );
  const into = join(root, "role");
  const written = await run(["deploy-role", ...whose, "--into", into]);
  const files = ["trust", "boundary", "permissions"].map((name) =>
    join(into, `${name}-policy.json`),
  );
  expect(written).toEqual({
    code: 0,
    stderr: "",
    stdout: files.map((file) => `${file}\n`).join(""),
  });
  expect(files.map((file) => JSON.parse(readFileSync(file, "utf8")))).toEqual([
    trust,
    boundary,
    permissions,
  ]);
});
