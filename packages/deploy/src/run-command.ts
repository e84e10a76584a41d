import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { CommandError, UsageError, type Command, type CommandContext } from "./command.ts";

interface Entry {
  /** What it does, in a few words. */
  readonly summary: string;
  /** Each command is loaded when it is asked for: not all of them need the AWS SDK. */
  readonly load: () => Promise<Command>;
}

const commands = new Map<string, Entry>([
  [
    "plan",
    {
      summary: "what a deploy would create, without deploying",
      load: async () => (await import("./commands/plan.ts")).plan,
    },
  ],
  [
    "outputs",
    {
      summary: "addresses and ids of a deployed stage",
      load: async () => (await import("./commands/outputs.ts")).outputs,
    },
  ],
  [
    "users",
    {
      summary: "the people of a deployed stage",
      load: async () => (await import("./commands/users.ts")).users,
    },
  ],
  [
    "sweep",
    {
      summary: "deletes what removed stages and earlier deploys have left behind",
      load: async () => (await import("./commands/sweep.ts")).sweep,
    },
  ],
  [
    "acceptance",
    {
      summary: "runs the acceptance suite against a deployed stage",
      load: async () => (await import("./commands/acceptance.ts")).acceptance,
    },
  ],
  [
    "doctor",
    {
      summary: "what is wrong with a deployed stage, and what mends it",
      load: async () => (await import("./commands/doctor.ts")).doctor,
    },
  ],
  [
    "prove",
    {
      summary: "deploys a stage twice, tries it, and writes what AWS has shown",
      load: async () => (await import("./commands/prove.ts")).prove,
    },
  ],
  [
    "test:sst4",
    {
      summary: "what SST 4 would deploy differently",
      load: async () => (await import("./commands/sst4.ts")).sst4,
    },
  ],
]);

const usage = `Commands for stages on AWS. To deploy one, use sst deploy.

${[...commands].map(([name, { summary }]) => `  pnpm run ${name.padEnd(11)} ${summary}`).join("\n")}

Each explains itself with --help. App and region come from stages.ts, credentials from where the AWS SDK looks for them.
`;

/**
 * Runs what a command line asks for.
 *
 * @param words of the command line, after the program's name.
 * @returns the exit code.
 * @throws {Error} (rejects) for what is a fault of ours.
 */
export async function runCommand(
  [name, ...args]: readonly string[],
  { stdin, stdout, stderr, env }: Omit<CommandContext, "app" | "stages">,
): Promise<number> {
  const fail = (message: string, code: number): number => {
    stderr.write(`${message}\n`);
    return code;
  };
  if (name === "--help" || name === "-h") {
    stdout.write(usage);
    return 0;
  }
  const entry = name === undefined ? undefined : commands.get(name);
  if (entry === undefined) {
    const known = [...commands.keys()].join(", ");
    return fail(
      `${name === undefined ? "Choose a command" : `There is no command ${name}`}: ${known}. See --help.`,
      2,
    );
  }
  try {
    const { app, stages } = await loadStages();
    const command = await entry.load();
    if (args.includes("--help") || args.includes("-h")) {
      stdout.write(command.usage);
      return 0;
    }
    return await command.run(args, { app, stages, stdin, stdout, stderr, env });
  } catch (error) {
    if (error instanceof UsageError) return fail(`${error.message}. See pnpm ${name} --help.`, 2);
    if (error instanceof CommandError) return fail(error.message, 1);
    throw error;
  }
}

/** @throws {CommandError} (rejects) with what `stages.ts` says when it refuses itself. */
async function loadStages(): Promise<typeof import("../../../stages.ts")> {
  try {
    return await import("../../../stages.ts");
  } catch (error) {
    throw new CommandError(messageOf(error));
  }
}
