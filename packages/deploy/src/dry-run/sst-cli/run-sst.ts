import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";

import type { Job } from "./job.ts";

export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** What it has printed, stdout before stderr, without colours. */
  readonly printed: string;
}

/**
 * Runs the SST CLI to its end. It ends with this process, however this process ends.
 *
 * While it runs, SST's CLI listens on port 13557 or the next free one of **all** addresses of the machine, for its own
 * components; there is no option to change that.
 *
 * @throws {Error} (rejects) when it takes longer than it may; it is killed then.
 */
export async function runSst(job: Job, timeoutSeconds: number): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), JSON.stringify(job)],
    {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const { stdout: out, stderr: err } = child;
  if (out === null || err === null) throw new TypeError("the child has no output");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGTERM");
  }, timeoutSeconds * 1000);
  try {
    const [stdout, stderr] = await Promise.all([text(out), text(err), once(child, "exit")]);
    const printed = stripVTControlCharacters(`${stdout}${stderr}`);
    if (late)
      throw new Error(
        `sst ${job.args[0] ?? ""} took longer than ${timeoutSeconds} seconds:\n${printed}`,
      );
    return { code: child.exitCode ?? 1, printed };
  } finally {
    clearTimeout(timer);
  }
}
