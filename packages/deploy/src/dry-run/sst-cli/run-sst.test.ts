import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import { expect, onTestFinished, test, vi } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import type { Job } from "./job.ts";
import { runSst } from "./run-sst.ts";

/** A job that runs a script in the place of the SST CLI, on this machine's network. */
async function jobOf(...lines: readonly string[]): Promise<Job> {
  const directory = await temporaryTree({ sst: `#!/bin/sh\n${lines.join("\n")}\n` });
  const command = join(directory, "sst");
  const args = ["deploy", "--dev"];
  return { command, args, directory, path: [], network: true, environment: {} };
}

/** It has a child process and does not end by itself. All of it has `alive` open. */
const endless = ["exec 3> alive", "echo started >&3", "sleep 600 &", "wait"];

/** What is written to `alive`, at first and in all; it ends when nobody has it open any more. */
function alive({ directory }: Job) {
  execFileSync("mkfifo", [join(directory, "alive")]);
  const reader = createReadStream(join(directory, "alive"));
  return { started: once(reader, "readable"), ended: text(reader) };
}

test("gives back the exit code and what was printed, without colours", async () => {
  const job = await jobOf(
    String.raw`printf '\033[31m%s\033[0m\n' "$1 $2"`,
    "echo problem >&2",
    "exit 3",
  );
  expect(await runSst(job, 30)).toEqual({
    code: 3,
    printed: "deploy --dev\nproblem\n",
    refused: [],
  });
});

test("runs it in a clean environment", async () => {
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "real");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { printed } = await runSst(await jobOf('echo "[$AWS_SECRET_ACCESS_KEY]"'), 30);
  expect(printed).toBe("[]\n");
});

test("says so when there is nothing to run", async () => {
  const job = { ...(await jobOf("")), command: "/no/such/file" };
  expect(await runSst(job, 30)).toEqual({
    code: 1,
    printed: "spawn /no/such/file ENOENT\n",
    refused: [],
  });
});

test("ends it, and what it has started, when it takes too long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const job = await jobOf("echo still here", ...endless);
  const { started, ended } = alive(job);
  const run = runSst(job, 2);
  await started;
  vi.advanceTimersByTime(2000);
  await expect(run).rejects.toThrow("sst deploy took longer than 2 seconds:\nstill here");
  expect(await ended).toBe("started\n");
});

test("ends it, and what it has started, when the process that asked for it is killed", async () => {
  const job = await jobOf(...endless);
  const module = join(import.meta.dirname, "run-sst.ts");
  const program = `import { runSst } from ${JSON.stringify(module)}; await runSst(${JSON.stringify(job)}, 600);`;
  const asking = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  execFileSync("mkfifo", [join(job.directory, "alive")]);
  const reader = createReadStream(join(job.directory, "alive"), "utf8");
  let written = "";
  for await (const chunk of reader) {
    written += String(chunk);
    asking.kill("SIGKILL");
  }
  expect(written).toBe("started\n");
});

test("starts nothing where no isolated network is available", async () => {
  const bin = await temporaryTree({ unshare: "#!/bin/sh\necho 'not permitted' >&2\nexit 1\n" });
  const job = { ...(await jobOf("touch started")), network: false };
  vi.stubEnv("PATH", [bin, "/usr/bin", "/bin"].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(runSst(job, 30)).rejects.toThrow(
    /^SST's CLI would let anybody who can reach this machine run commands on it, so it was not started: /,
  );
  expect(await readdir(job.directory)).toEqual(["sst"]);
});
