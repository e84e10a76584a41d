import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";

import type { Job, Told } from "./job.ts";
import { inOwnNetwork, requireOwnNetwork } from "./own-network.ts";

export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** What it has printed, stdout before stderr, without colours. */
  readonly printed: string;
  /** What it has asked of AWS that is not played, such as `POST / DynamoDB_20120810.GetItem`. */
  readonly refused: readonly string[];
}

/**
 * Runs the SST CLI to its end. It ends with this process, however this process ends.
 *
 * While it deploys, SST's CLI serves its components on **all** addresses of the machine, without asking who calls, and
 * what it is asked for includes running commands. So it gets an isolated network, with AWS played in it, unless it
 * only installs: `sst install` starts no server.
 *
 * @throws {Error} (rejects) when no isolated network is available, and when it takes longer than it may; it is
 *   killed then.
 */
export async function runSst(job: Job, timeoutSeconds: number): Promise<Ended> {
  if (!job.network) requireOwnNetwork();
  const program = [process.execPath, join(import.meta.dirname, "main.ts"), JSON.stringify(job)];
  const [command = "", ...args] = job.network ? program : inOwnNetwork(program);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const { stdout: out, stderr: err } = child;
  if (out === null || err === null) throw new TypeError("the child has no output");
  let refused: readonly string[] = [];
  child.on("message", (told: Told) => {
    ({ refused } = told);
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGTERM");
  }, timeoutSeconds * 1000);
  try {
    const [stdout, stderr] = await Promise.all([text(out), text(err), once(child, "close")]);
    const printed = stripVTControlCharacters(`${stdout}${stderr}`);
    if (late)
      throw new Error(
        `sst ${job.args[0] ?? ""} took longer than ${timeoutSeconds} seconds:\n${printed}`,
      );
    return { code: child.exitCode ?? 1, printed, refused };
  } finally {
    clearTimeout(timer);
  }
}
