import type { Readable, Writable } from "node:stream";

import type { Project } from "@sst-gatehouse/blueprint/project";

/** One word of the command line, such as `outputs`, with all that comes after it. */
export interface Command {
  /** Printed for `--help`. */
  readonly usage: string;
  /**
   * @param args what comes after the command's name; never `--help`, which is answered before.
   * @returns the exit code.
   * @throws {UsageError} when the words are wrong.
   * @throws {CommandError} when the command could not do what it was asked for.
   */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** What a command may use of the process that it runs in, and of the app it works for. */
export interface CommandContext extends Project {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** For a command that starts another process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The words of the command line are wrong; the message says which, and what to write. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** It could not be done; the message says why and what to do, and holds nothing secret. Exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
