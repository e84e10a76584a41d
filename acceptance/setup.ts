import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { startRecording, targetFile, terminalFile } from "./recordings.ts";

/**
 * Starts the stack as a user does, by its command, or takes the chain that `GATEHOUSE_TARGET` names: a file with what
 * `start --json` or `outputs --json` printed.
 */
export async function setup(): Promise<() => Promise<void>> {
  startRecording();
  const given = process.env["GATEHOUSE_TARGET"];
  if (given !== undefined) {
    copyFileSync(given, targetFile);
    writeFileSync(terminalFile, "");
    return async () => undefined;
  }
  const { line, child } = await startCommand();
  writeFileSync(targetFile, line);
  return async () => {
    child.kill("SIGINT");
    if (child.exitCode === null) await once(child, "exit");
  };
}

export default setup;

async function startCommand(): Promise<{ line: string; child: ChildProcess }> {
  const main = join(import.meta.dirname, "../packages/local/src/main.ts");
  const child = spawn(process.execPath, [main, "--json", "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const terminal = createWriteStream(terminalFile);
  child.stderr.pipe(terminal);
  const ended = once(child, "exit").then(() => {
    throw new Error(`the local stack ended before it was ready; see ${terminalFile}`);
  });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  ended.catch(() => undefined); // when the suite is over it ends as it should
  return { line: String(line), child };
}
