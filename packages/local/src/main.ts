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
    options: { port: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return "help";
  const port = values.port ?? String(defaultPort);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new TypeError(`--port takes a number from 0 to 65535, not ${port}`);
  return { port: Number(port), json: values.json ?? false };
}

async function main(): Promise<void> {
  // Whoever reads the output has gone: stop rather than run unseen.
  process.stdout.on("error", () => process.exit(1));
  const command = readCommandLine();
  const explain = createPrinter(process.stderr);
  if (!command.json) process.stderr.write("Building the guard and the backend …\n");
  const stack = await start(command, explain);
  stopWith(stack);
  process.stdout.write(command.json ? `${JSON.stringify(stack.outputs)}\n` : banner(stack.outputs));
}

function readCommandLine(): CommandLine {
  try {
    const command = parseCommandLine(process.argv.slice(2));
    if (command !== "help") return command;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    fail(`${messageOf(error)}. See --help.`, 2);
  }
}

async function start({ port }: CommandLine, explain: ReturnType<typeof createPrinter>): Promise<Stack> {
  try {
    return await startStack({ port, explain, watch: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      fail(`Port ${port} is taken. Stop what uses it, or choose another: pnpm start --port 0`, 1);
    }
    fail(`The local stack could not start: ${messageOf(error)}`, 1);
  }
}

function stopWith(stack: Stack): void {
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    // Children end with this process; a stuck one must not keep the terminal.
    setTimeout(() => process.exit(code), 900).unref();
    stack.close().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  process.on("SIGINT", () => stop(0));
  process.on("SIGTERM", () => stop(0));
  process.on("SIGHUP", () => stop(0));
  watchParents(() => stop(0));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

await main();
