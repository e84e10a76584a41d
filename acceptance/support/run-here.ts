import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";

import { CommandError, UsageError, type Command } from "@sst-gatehouse/deploy/command";
import { vi } from "vitest";

import { sample } from "../sample/sample.ts";

export interface RanHere {
  readonly code: number;
  readonly stdout: string;
  /** With why it could not be done. */
  readonly stderr: string;
}

/**
 * Runs a command in this process, as `npx gatehouse` does in one of its own: that takes longer than most commands do.
 *
 * @param root of the sample's app.
 * @param environment all that it finds; of this process's, what is not AWS's stays.
 * @param typed what it reads.
 */
export async function runHere(
  command: Command,
  args: readonly string[],
  { root }: { readonly root: string },
  environment: Readonly<Record<string, string>>,
  typed = "",
): Promise<RanHere> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(typed);
  for (const [name, value] of Object.entries(environment))
    if (name.startsWith("AWS_")) vi.stubEnv(name, value);
  const code = await command
    .run(args, { ...sample, root, stdin, stdout, stderr, env: environment })
    .catch((error: unknown) => {
      if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
      stderr.write(`${error.message}\n`);
      return error instanceof UsageError ? 2 : 1;
    })
    .finally(() => vi.unstubAllEnvs());
  stdout.end();
  stderr.end();
  return { code, stdout: await textOf(stdout), stderr: await textOf(stderr) };
}
