import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import type { Stack } from "@sst-gatehouse/local/stack";
import type { PlayedAccount } from "@sst-gatehouse/local/test/played-account";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createLeakFinder, secretsOfStack, watchForLeaks } from "../support/leaks.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { appHost, handOnEndedSignIn, type PlayedStage, signInHost } from "./played-stage.ts";
import { playStageInAccount, type StageInAccount } from "./stage-in-account.ts";

const stage = "played";

/** The place that the stand-in of CloudFront names. */
const timedFrom = "CloudFront answered in LCL50-P1, one round trip of ";

const timed = [
  "a preflight, answered at once",
  "refused: no token",
  "refused: no token, but something as long",
  "a token, not seen before: /.auth/me",
  "a token, seen before: /.auth/me",
  "a token, seen before: a backend's answer",
];

/** What was timed once all kinds have been, each with numbers. */
function rowsIn(printed: string): readonly string[] {
  const rows = [...printed.matchAll(/^\| ([^|]+) \|(?: +(?:-?\d+\.\d)? +\|){3,4}$/gm)];
  const names = rows.map(([, name = ""]) => name);
  expect(names.slice(0, timed.length)).toEqual(timed);
  return names.slice(timed.length);
}

/** In place of SST's CLI, which no test starts: says what a deploy says, and writes down what it was asked for. */
const playedSst = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
appendFileSync(process.env.PLAYED_SST_LOG, process.argv.slice(2).join(" ") + "\\n");
console.log("Complete arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7");
`;

describe("npx gatehouse prove, with SST played by a script", () => {
  let world: StageInAccount;
  let stack: Stack;
  let played: PlayedStage;
  let account: PlayedAccount;
  let copy: RepositoryCopy;
  let file: string;
  let log: string;
  beforeAll(async () => {
    copy = copyRepository({ everything: true });
    // All of the suite runs against such a stage in deployed-stage.test.ts.
    copy.keepTests("sessions", "tokens");
    const bin = join(copy.root, "node_modules/.bin");
    const installed = realpathSync(bin);
    unlinkSync(bin);
    mkdirSync(bin);
    for (const name of readdirSync(installed))
      if (name !== "sst") symlinkSync(join(installed, name), join(bin, name));
    writeFileSync(join(bin, "sst"), playedSst, { mode: 0o755 });
    file = join(copy.root, "proof.md");
    log = join(copy.root, "sst.log");
    world = await playStageInAccount(copy, stage, { withUsers: true });
    ({ stack, played, account } = world);
  }, 300_000);
  afterAll(async () => {
    await world.close();
    copy.remove();
  });

  async function run(args: readonly string[]) {
    const child = spawn(
      process.execPath,
      [join(copy.root, "packages/sst-gatehouse-dev/src/main.ts"), "prove", ...args],
      {
        cwd: copy.root,
        env: {
          PATH: process.env["PATH"],
          NO_COLOR: "1",
          PLAYED_SST_LOG: log,
          ...played.environment,
          ...Object.fromEntries(
            ["IAM", "LAMBDA", "CLOUDFRONT", "CLOUDWATCH_LOGS"].map((service) => [
              `AWS_ENDPOINT_URL_${service}`,
              account.url,
            ]),
          ),
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += String(text)));
    child.stderr.on("data", (text) => (stderr += String(text)));
    await once(child, "close");
    return { code: child.exitCode, stdout, stderr };
  }

  test("deploys twice, looks, tries, and writes one file that names nobody", async () => {
    const machine = { what: "the secret of the stage's machine", value: played.machineSecret };
    const leaksIn = createLeakFinder([...(await secretsOfStack(stack)), machine]);
    const stopWatching = watchForLeaks(leaksIn);
    const ran = run(["--stage", stage, "--remove", "--file", file, "--idle", "0.01"]);
    await Promise.race([ran, handOnEndedSignIn(stack, stage)]);
    const { stdout, stderr } = await ran;
    const { processes, leaks } = stopWatching();
    expect(readFileSync(log, "utf8")).toBe(`deploy --stage ${stage}\n`.repeat(2));
    expect(stdout).toContain(`: ${file}\nRead it before you hand it on.\n`);
    expect(stderr).toContain(`Nothing is removed. \`npx sst remove --stage ${stage}\` does it.`);
    const proof = readFileSync(file, "utf8");
    expect(proof).toContain("Guard's version after each deploy: 1, 1.\n");
    expect(proof).toContain("- ok: behaviour-guard\n");
    expect(proof).toContain("- ok: probe-revoked-user\n");
    expect(proof).toMatch(
      /## Acceptance suite\n\nExit code 0\. \d+ passed, 0 failed, \d+ skipped\n/,
    );
    expect(proof).toContain(timedFrom);
    expect(rowsIn(proof)).toEqual(["8, after the first deploy", "8, after 0.01 idle minutes"]);
    expect(proof).toContain("## Open questions");
    expect(proof.match(/\| .+ \| .+ \|/g)?.length).toBeGreaterThan(10);
    expect(proof).toContain("acceptance: sessions passed");
    expect(proof).toContain("acceptance: tokens passed");

    const { outputs } = stack;
    for (const value of [
      "123456789012",
      "arn:",
      appHost,
      signInHost,
      new URL(outputs.functionUrl).hostname,
      outputs.userPoolId,
      outputs.clients.web.id,
      stack.outputs.clients.machine.id,
      copy.root,
      account.credentials.accessKeyId,
    ])
      expect(proof).not.toContain(value);
    expect(leaksIn(stdout + stderr + proof)).toEqual([]);
    // The command, both deploys, the suite with its workers, and guard and backend of the stack.
    expect(processes).toBeGreaterThan(6);
    expect(leaks).toEqual([]);
  }, 400_000);

  test("only times the stage where that is asked for, and deploys nothing", async () => {
    const deployed = readFileSync(log, "utf8");
    const { code, stdout, stderr } = await run(["--stage", stage, "--times", "--idle", "0"]);
    expect([code, stderr]).toEqual([0, "0 minutes without a request …\n"]);
    expect(stdout.startsWith(timedFrom)).toBe(true);
    expect(rowsIn(stdout)).toEqual(["8, as it was found", "8, after 0 idle minutes"]);
    expect(readFileSync(log, "utf8")).toBe(deployed);
  }, 60_000);
});
