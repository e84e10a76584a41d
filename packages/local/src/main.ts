import { parseArgs } from "node:util";

import { banner } from "./banner.ts";
import { watchParents } from "./parent-watch.ts";
import { createPrinter } from "./printer.ts";
import { startStack, type Stack } from "./stack.ts";

const defaultPort = 4280;

const usage = `Runs the whole chain on this machine: CloudFront, the guard, the Function URL, the backend, Cognito.

  pnpm start [--port <number>] [--json]

  --port <number>  the one public port, on 127.0.0.1 and ::1; 0 picks a free one (default ${defaultPort})
  --json           prints one line of JSON when ready, for scripts and tests; everything else goes to stderr
  --help           this text

Ctrl-C stops everything. Editing a handler, or access.ts, reloads it.
`;

interface CommandLine {
  readonly port: number;
  readonly json: boolean;
}

/** @throws {TypeError} for an option that is unknown or malformed, saying which. */
function parseCommandLine(args: readonly string[]): CommandLine | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  const port = values.port ?? String(defaultPort);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new TypeError(`--port takes a number from 0 to 65535, not ${port}`);
  return { port: Number(port), json: values.json ?? false };
}

async function main(): Promise<void> {
  const command = readCommandLine();
  if (command === undefined) return;
  // Whoever reads the output has gone: stop rather than run unseen.
  process.stdout.on("error", () => process.exit(1));
  const explain = createPrinter(process.stderr);
  if (!command.json) process.stderr.write("Building the guard and the backend …\n");
  const starting = startStack({ port: command.port, explain, watch: true });
  stopWith(starting);
  try {
    const { outputs } = await starting;
    process.stdout.write(command.json ? `${JSON.stringify(outputs)}\n` : banner(outputs));
  } catch (error) {
    fail(whyNotStarted(error, command.port), 1);
  }
}

/** @returns `undefined` when there is nothing to start: help was asked for, or the words were wrong. */
function readCommandLine(): CommandLine | undefined {
  try {
    const command = parseCommandLine(process.argv.slice(2));
    if (command !== "help") return command;
    process.stdout.write(usage);
  } catch (error) {
    fail(`${messageOf(error)}. See --help.`, 2);
  }
  return undefined;
}

function whyNotStarted(error: unknown, port: number): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `Port ${port} is taken. Stop what uses it, or choose another: pnpm start --port 0`;
  }
  return `The local stack could not start: ${messageOf(error)}`;
}

/** Ends everything on a signal, or when whoever started this is gone; also while the stack is still starting. */
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What was printed before is flushed: the process ends by itself, nothing is left to do. */
function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

await main();
