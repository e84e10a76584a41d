import { join } from "node:path";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { app, stages } from "../../../stages.ts";
import { banner } from "./banner.ts";
import { parseCommandLine, usage, type CommandLine } from "./command-line.ts";
import { deployArtifacts } from "./code/deploy-artifacts.ts";
import { watchParents } from "./parent-watch.ts";
import { createPrinter } from "./printer.ts";
import { startStack, type Adopted, type Stack, type StackOptions } from "./stack/stack.ts";

const root = join(import.meta.dirname, "../../..");

/** The repository's own. */
const adopted: Adopted = {
  app,
  stages,
  accessFile: join(root, "access.ts"),
  backendEntry: join(root, "packages/functions/src/lambda.ts"),
};

async function main(): Promise<void> {
  const command = readCommandLine();
  if (command === undefined) return;
  // The reader of the output has gone: stop instead of running unseen.
  process.stdout.on("error", () => process.exit(1));
  const explain = createPrinter(process.stderr);
  const starting = startStack({
    adopted,
    port: command.port,
    account: command.account,
    explain,
    ...codeOptions(command),
  });
  stopWith(starting);
  try {
    const { outputs } = await starting;
    process.stdout.write(command.json ? `${JSON.stringify(outputs)}\n` : banner(outputs));
  } catch (error) {
    fail(whyNotStarted(error, command.port), 1);
  }
}

/** Where the code comes from, and whether edits reload it; says so. */
function codeOptions({
  deployedStage,
  json,
}: CommandLine): Pick<StackOptions, "watch" | "codeSource"> {
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  if (deployedStage === undefined) {
    if (!json) print("Building the guard and the backend …");
    return { watch: true };
  }
  print("Running what sst deploy would upload: edits are not picked up; restart to see them.");
  return {
    watch: false,
    codeSource: deployArtifacts({ root, app: app.name, stage: deployedStage, print }),
  };
}

/** @returns `undefined` when there is nothing to start: help was asked for, or the words were wrong. */
function readCommandLine(): CommandLine | undefined {
  try {
    const command = parseCommandLine(process.argv.slice(2), app.name);
    if (command !== "help") return command;
    process.stdout.write(usage);
  } catch (error) {
    fail(`${messageOf(error)}. See --help.`, 2);
  }
  return undefined;
}

function whyNotStarted(error: unknown, port: number): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `Port ${port} is taken. Stop the program that uses it, or choose another port: pnpm start --port 0`;
  }
  return `The local stack could not start: ${messageOf(error)}`;
}

/** Ends everything on a signal, or when the process that started this is gone; also while the stack is still starting. */
function stopWith(starting: Promise<Stack>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Children end with this process; a stuck one must not keep the terminal.
    setTimeout(() => process.exit(0), 900);
    starting
      .then((stack) => stack.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  watchParents(stop);
}

/** What was printed before is flushed: the process ends by itself, nothing is left to do. */
function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

await main();
