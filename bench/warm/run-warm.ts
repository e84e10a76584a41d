import { fork } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";

import { credentialVariables } from "../credentials.ts";
import { warmCases, type WarmCase, type WarmMeasurements } from "./measurements.ts";

export interface WarmOptions {
  /** With the built `lambda.cjs`. */
  readonly built: string;
  /** One copy per process, with settings for its own keys. */
  readonly scratch: string;
  readonly processes: number;
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
}

/** Times the warm cases in several processes, because each compiles the same code a little differently. */
export async function runWarm({
  built,
  scratch,
  processes,
  rounds,
  onProgress,
}: WarmOptions): Promise<WarmMeasurements[]> {
  const results: WarmMeasurements[] = [];
  for (let index = 1; index <= processes; index += 1) {
    onProgress(`warm, process ${index} of ${processes}`);
    const directory = join(scratch, `warm-${index}`);
    await cp(built, directory, { recursive: true });
    results.push(await runProcess(directory, rounds));
  }
  return results;
}

/** The guard's log lines go nowhere, but they are written: a request is not answered without its line. */
function runProcess(directory: string, rounds: number): Promise<WarmMeasurements> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, "main.ts"), [directory, String(rounds)], {
      env: { ...credentialVariables, NODE_NO_WARNINGS: "1" },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", (message) => {
      if (isMeasurements(message)) resolve(message);
      else reject(new TypeError("the warm process sent something else"));
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the warm process ended with ${code}`)));
  });
}

function isMeasurements(message: unknown): message is Record<WarmCase, number[]> {
  if (typeof message !== "object" || message === null) return false;
  const entries = new Map<string, unknown>(Object.entries(message));
  return warmCases.every((name) => Array.isArray(entries.get(name)));
}
