import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { Target } from "./target.ts";

/** The command, in a copy of the repository. */
export const commandFile = "packages/sst-gatehouse-dev/src/main.ts";

export interface RunningStack {
  readonly target: Target;
  readonly child: ChildProcess;
  /** Everything printed on stderr so far. */
  terminal(): string;
  /** Resolves when the terminal shows a text. */
  shows(text: string): Promise<void>;
  stop(): Promise<number | null>;
}

/**
 * Starts the stack by its command.
 *
 * @param root of a copy of the repository.
 * @param onPrinted takes what is printed on stderr, as it comes.
 * @param args besides `--json --port 0`.
 */
export async function startCommand(
  root: string,
  onPrinted: (text: string) => void = () => undefined,
  args: readonly string[] = [],
): Promise<RunningStack> {
  const child = spawn(
    process.execPath,
    [join(root, commandFile), "start", "--json", "--port", "0", ...args],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  const watchers = new Set<() => void>();
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    printed += text;
    onPrinted(text);
    for (const watcher of watchers) watcher();
  });
  const exited = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    exited.then(() => {
      throw new Error(`the local stack ended before it was ready:\n${printed}`);
    }),
  ]);
  exited.catch(() => undefined);
  const target: Target = JSON.parse(String(line));
  return {
    target,
    child,
    terminal: () => printed,
    shows: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!printed.includes(text)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGINT");
        await exited;
      }
      return child.exitCode;
    },
  };
}

/** Runs `start` of a copy of the repository to its end. */
export async function runCommand(
  root: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, commandFile), "start", ...args], {
    cwd: root,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}
