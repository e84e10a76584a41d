import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

import { credentialVariables } from "../credentials.ts";

export interface Spawned {
  /** What the process wrote to file descriptor 3. */
  readonly report: string;
  /** From the start of the process to the end of its report. */
  readonly wallMs: number;
}

/**
 * Runs a script with nothing but a role's credentials around it. Its log goes nowhere.
 *
 * @param environment more variables.
 * @throws {Error} (rejects) when it fails, with what it said.
 */
export async function spawnNode(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Spawned> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...credentialVariables, NODE_NO_WARNINGS: "1", HOME: "/nonexistent", ...environment },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("exit", resolve),
  );
  const [, , stderr, channel] = child.stdio;
  if (stderr === null || channel === null || channel === undefined || !("read" in channel))
    throw new TypeError("no pipes");
  const errors = text(stderr);
  const report = await text(channel);
  const wallMs = performance.now() - start;
  const code = await ended;
  if (code !== 0) throw new Error(`a measured process ended with ${code}: ${await errors}`);
  return { report, wallMs };
}
