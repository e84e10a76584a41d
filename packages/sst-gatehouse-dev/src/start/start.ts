import { CommandError, type Command, type CommandContext } from "@sst-gatehouse/deploy/command";
import { orUsageError } from "@sst-gatehouse/deploy/command-line";
import { untrueExamples } from "@sst-gatehouse/deploy/examples";
import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { deployArtifacts } from "@sst-gatehouse/local/deploy-artifacts";
import type { Stack, StackOptions } from "@sst-gatehouse/local/stack";

import { banner } from "./banner.ts";
import { localStage } from "@sst-gatehouse/local/deployment";
import { parseCommandLine, usage, type CommandLine } from "./command-line.ts";
import { watchParents } from "./parent-watch.ts";
import { createPrinter } from "./printer.ts";

/** `start`: resolves when the stack is ready; it runs until a signal comes, or whoever started this process is gone. */
export const start: Command = {
  usage,
  async run(args, context) {
    const { root, gate, stdout, stderr } = context;
    const command = orUsageError(() => parseCommandLine(args, gate.app.name));
    // Most of the program: whom it refuses, or explains itself to, does not wait for it.
    const { startStack } = await import("@sst-gatehouse/local/stack");
    const starting = startStack({
      project: { root, gate },
      port: command.port,
      account: command.account,
      explain: createPrinter(stderr),
      remarks: (edited) =>
        untrueExamples(edited.access, stageOfGate(edited, localStage)).map(
          ({ request, what }) => `the example ${request} ${what}`,
        ),
      ...codeOptions(command, context),
    });
    stopWith(starting);
    try {
      const { outputs } = await starting;
      stdout.write(command.json ? `${JSON.stringify(outputs)}\n` : banner(outputs));
      return 0;
    } catch (error) {
      throw new CommandError(whyNotStarted(error, command.port));
    }
  },
};

/** Where the code comes from, and whether edits reload it; says so. */
function codeOptions(
  { deployedStage, json }: CommandLine,
  { root, gate, stderr }: CommandContext,
): Pick<StackOptions, "watch" | "codeSource"> {
  const print = (line: string): void => void stderr.write(`${line}\n`);
  if (deployedStage === undefined) {
    if (!json) print("Building the guard and the backend …");
    return { watch: true };
  }
  print("Running what sst deploy would upload: edits are not picked up; restart to see them.");
  return {
    watch: false,
    codeSource: deployArtifacts({ root, app: gate.app.name, stage: deployedStage, print }),
  };
}

function whyNotStarted(error: unknown, port: number): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `Port ${port} is taken. Stop the program that uses it, or choose another port: npx gatehouse start --port 0`;
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
