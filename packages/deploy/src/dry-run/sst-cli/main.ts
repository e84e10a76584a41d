import { spawn } from "node:child_process";

import { cleanEnvironment } from "./clean-environment.ts";
import type { Job } from "./job.ts";

// Runs the SST CLI in a clean environment, and not longer than the process that has asked for it: SST's CLI would go on,
// with its server on all addresses of the machine, when that process is killed.
//
//   node main.ts <job as JSON>

const job: Job = JSON.parse(process.argv[2] ?? "");

const child = spawn(job.command, job.args, {
  cwd: job.directory,
  env: cleanEnvironment(process.env, job),
  stdio: ["ignore", "inherit", "inherit"],
  // A process group of its own, so that what it has started ends with it.
  detached: true,
});

function end(): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  process.exit(1);
}

process.once("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);

child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once("exit", (code) => process.exit(code ?? 1));
