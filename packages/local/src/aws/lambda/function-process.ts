import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { createLineSplitter } from "./log-lines.ts";

const childDirectory = fileURLToPath(new URL("./child/", import.meta.url));
const preload = new URL("./child/preload.mjs", import.meta.url).href;

/** AWS's own runtime client; only its JavaScript is used, which the published package brings along. */
export const runtimeClient = createRequire(import.meta.url).resolve("#aws-lambda-ric");

/** Enough for a stack trace. */
const keptErrorLines = 12;

export interface FunctionProcessOptions {
  /** Real path. With AWS's client and our preload it is all that the process can read. */
  readonly taskRoot: string;
  /** Real path; the only place where the process can write. */
  readonly temporaryDirectory: string;
  readonly memoryMb: number;
  /** The whole of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
}

export interface FunctionProcess {
  /** Resolves when process and output have ended, with how that came about, for a person to read. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** Starts AWS's runtime client with the function, as Lambda starts Node, and without the rights that Lambda does not give. */
export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  const child = spawn(
    process.execPath,
    [
      "--permission",
      `--allow-fs-read=${options.taskRoot}`,
      `--allow-fs-read=${options.temporaryDirectory}`,
      `--allow-fs-read=${childDirectory}`,
      `--allow-fs-read=${path.dirname(runtimeClient)}`,
      `--allow-fs-write=${options.temporaryDirectory}`,
      // Lambda's nodejs22.x switches these off.
      "--no-experimental-require-module",
      "--no-experimental-detect-module",
      // Lambda's does not; a developer reads these traces.
      "--enable-source-maps",
      `--max-old-space-size=${options.memoryMb}`,
      `--import=${preload}`,
      runtimeClient,
    ],
    {
      cwd: options.taskRoot,
      env: options.environment,
      // The fourth pipe carries nothing. It closes when this process is gone, however that happens.
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // Ctrl-C is for the stack alone, which then ends its functions.
      detached: true,
    },
  );

  const errorLines: string[] = [];
  forwardLines(child.stdout, options.onLog);
  forwardLines(child.stderr, (line) => {
    errorLines.push(line);
    if (errorLines.length > keptErrorLines) errorLines.shift();
    options.onLog(line);
  });

  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`the process could not be started: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(describeEnd(code, signal, errorLines, options.memoryMb)),
    );
  });
  return { ended, kill: () => child.kill("SIGKILL") };
}

function forwardLines(output: Readable | null, onLine: (line: string) => void): void {
  const lines = createLineSplitter(onLine);
  output?.on("data", (chunk: Buffer) => lines.write(chunk));
  output?.on("end", () => lines.end());
}

function describeEnd(
  code: number | null,
  signal: string | null,
  errorLines: readonly string[],
  memoryMb: number,
): string {
  return [howItEnded(code, signal, errorLines, memoryMb), ...errorLines].join("\n");
}

function howItEnded(
  code: number | null,
  signal: string | null,
  errorLines: readonly string[],
  memoryMb: number,
): string {
  if (errorLines.some((line) => line.includes("heap out of memory"))) {
    return `the function used more memory than its ${memoryMb} MB`;
  }
  if (signal !== null) return `the function's process was ended by ${signal}`;
  if (code === 0) {
    return "the function's process ended with exit code 0: it called process.exit, or it waits for a promise that nothing can settle";
  }
  return `the function's process ended with exit code ${code}`;
}
