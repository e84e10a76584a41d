import { PassThrough } from "node:stream";

import { CommandError, UsageError, type Command } from "@sst-gatehouse/deploy/command";
import { vi } from "vitest";

import { sample } from "../sample/sample.ts";

export interface RanHere {
  readonly code: number;
  /** On both streams. */
  readonly printed: string;
}

/**
 * Runs a command in this process, as `npx gatehouse` does in one of its own: that takes longer than most commands do.
 *
 * @param copy of the repository, with the sample's app.
 * @param environment what it finds of AWS; of nothing else.
 */
export async function runHere(
  command: Command,
  args: readonly string[],
  { root }: { readonly root: string },
  environment: Readonly<Record<string, string>>,
): Promise<RanHere> {
  const output = new PassThrough();
  let printed = "";
  output.on("data", (text) => (printed += String(text)));
  for (const [name, value] of Object.entries(environment))
    if (name.startsWith("AWS_")) vi.stubEnv(name, value);
  try {
    const streams = { stdin: new PassThrough(), stdout: output, stderr: output };
    const code = await command.run(args, { ...sample, root, ...streams, env: {} });
    return { code, printed };
  } catch (error) {
    if (error instanceof UsageError) return { code: 2, printed: error.message };
    if (error instanceof CommandError) return { code: 1, printed: error.message };
    throw error;
  } finally {
    vi.unstubAllEnvs();
  }
}
