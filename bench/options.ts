import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly warmProcesses: number;
  readonly warmRounds: number;
  readonly coldRounds: number;
  /** Of cold starts at each distance from home. */
  readonly farRounds: number;
  /** Requests, each with its own token, between the two looks at the heap. */
  readonly memoryRequests: number;
  readonly json: boolean;
  /** Whether the table goes into docs/performance.md as well. */
  readonly write: boolean;
}

export const usage = `pnpm bench [--quick] [--full] [--json] [--write]

Measures the guard as it is built, each row against its own floor in the same run.

  --quick  fewer rounds: under a minute, and less exact
  --full   100,000 requests for the memory row (10,000 otherwise; every token has to be signed)
  --json   one JSON document on stdout in place of the table
  --write  puts the table into docs/performance.md, too
  --help   this text

Needs a machine that does little else: what is warm is counted in processor time, but cold starts are not, and a busy
machine widens them although they are paired.
`;

/**
 * @returns `"help"` when only that was asked for.
 * @throws {TypeError} for an option that does not exist, with a message for the person who typed it.
 */
export function parseOptions(args: readonly string[]): BenchOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const rounds = values.quick
    ? { warmProcesses: 1, warmRounds: 20, coldRounds: 7, farRounds: 3, memoryRequests: 4000 }
    : { warmProcesses: 3, warmRounds: 30, coldRounds: 20, farRounds: 7, memoryRequests: 10_000 };
  return {
    ...rounds,
    ...(values.full ? { memoryRequests: 100_000 } : {}),
    json: values.json,
    write: values.write,
  };
}
