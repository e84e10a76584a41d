import { type ChildProcess, spawn } from "node:child_process";

import { cleanEnvironment } from "../workspace/clean-environment.ts";
import { startAwsStandIn } from "./aws/aws-stand-in.ts";
import type { Job, Told } from "./job.ts";

// Runs the SST CLI in a clean environment, and not longer than the process that has asked for it: SST's CLI would go on
// when that process is killed.
//
//   node main.ts <job as JSON>

const job: Job = JSON.parse(process.argv[2] ?? "");
const aws = job.network ? undefined : await startAwsStandIn();

// Before there is anything to end: a signal that finds nobody listening would leave the CLI to itself.
let child: ChildProcess | undefined;
function end(): void {
  if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  process.exit(1);
}

process.once("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);

child = spawn(job.command, job.args, {
  cwd: job.directory,
  env: {
    ...cleanEnvironment(process.env, job),
    ...(aws === undefined ? {} : { AWS_ENDPOINT_URL: aws.url }),
  },
  stdio: ["ignore", "inherit", "inherit"],
  // Its own process group, so that what it has started ends with it.
  detached: true,
});

child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once("exit", (code) => {
  const told: Told = { refused: aws?.refused ?? [] };
  process.send?.(told, () => process.exit(code ?? 1));
});
