import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import type { CommandContext } from "../../command.ts";
import type { SstRun } from "./proof.ts";

const tickMs = 30_000;
/** What is kept of the output: errors come last. */
const keptLines = 40;

/** Runs SST's own CLI, `sst <args>`, with the caller's credentials. Its output goes to stderr as it comes. */
export async function runSst(
  args: readonly string[],
  { root, env, stderr }: Pick<CommandContext, "root" | "env" | "stderr">,
): Promise<SstRun> {
  const began = Date.now();
  const child = spawn(join(root, "node_modules/.bin/sst"), args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      stderr.write(text);
      printed = (printed + text).slice(-64 * 1024);
    });
  }
  const minutes = (): string => `${((Date.now() - began) / 60_000).toFixed(1)} min`;
  const tick = setInterval(() => stderr.write(`… sst ${args[0]}, ${minutes()} so far\n`), tickMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => clearInterval(tick));
  return {
    code,
    seconds: Math.round((Date.now() - began) / 1000),
    lastLines: plainLines(printed).slice(-keptLines),
  };
}

/** The lines of a terminal's output, without colours and without empty ones. */
export function plainLines(printed: string): readonly string[] {
  return stripVTControlCharacters(printed)
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}
