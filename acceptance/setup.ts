import { appendFileSync, copyFileSync, writeFileSync } from "node:fs";

import { startCommand } from "./command.ts";
import { startRecording, targetFile, terminalFile } from "./recordings.ts";

/**
 * Starts the stack as a user does, by its command, or takes the chain that `GATEHOUSE_TARGET` names: a file with what
 * `start --json` or `outputs --json` printed.
 */
export default async function setup(): Promise<() => Promise<void>> {
  startRecording();
  const given = process.env["GATEHOUSE_TARGET"];
  if (given !== undefined) {
    copyFileSync(given, targetFile);
    return async () => undefined;
  }
  const stack = await startCommand(undefined, (text) => appendFileSync(terminalFile, text));
  writeFileSync(targetFile, JSON.stringify(stack.target));
  return async () => {
    await stack.stop();
  };
}
