import { fork } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";

import { credentialVariables } from "../credentials.ts";

export interface MemoryOptions {
  /** With the built `lambda.cjs`. */
  readonly built: string;
  readonly scratch: string;
  readonly requests: number;
  readonly onProgress: (text: string) => void;
}

/** @returns by how many bytes the guard's memory grew over that many requests, each with its own token. */
export async function runMemory({
  built,
  scratch,
  requests,
  onProgress,
}: MemoryOptions): Promise<number> {
  const directory = join(scratch, "memory");
  await cp(built, directory, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, "main.ts"), [directory, String(requests)], {
      env: { ...credentialVariables, NODE_NO_WARNINGS: "1" },
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (message: { readonly done: number } | { readonly grownBytes: number }) => {
      if ("done" in message) onProgress(`memory, request ${message.done} of ${requests}`);
      else resolve(message.grownBytes);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the memory process ended with ${code}`)));
  });
}
