import {
  CommandError,
  UsageError,
  type Command,
  type CommandContext,
} from "@sst-gatehouse/deploy/command";
import { loadProject } from "@sst-gatehouse/local/load-project";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

interface Entry {
  /** What it does, in a few words. */
  readonly summary: string;
  /** Each command is loaded when it is asked for: not all of them need the AWS SDK. */
  readonly load: () => Promise<Command>;
}

const commands = new Map<string, Entry>([
  [
    "start",
    {
      summary: "plays the app and its gate on this machine",
      load: async () => (await import("./start/start.ts")).start,
    },
  ],
  [
    "plan",
    {
      summary: "what a deploy would create, without deploying",
      load: async () => (await import("@sst-gatehouse/deploy/plan")).plan,
    },
  ],
  [
    "outputs",
    {
      summary: "addresses and ids of a deployed stage",
      load: async () => (await import("@sst-gatehouse/deploy/outputs")).outputs,
    },
  ],
  [
    "users",
    {
      summary: "the people of a deployed stage",
      load: async () => (await import("@sst-gatehouse/deploy/users")).users,
    },
  ],
  [
    "sweep",
    {
      summary: "deletes what removed stages and earlier deploys have left behind",
      load: async () => (await import("@sst-gatehouse/deploy/sweep")).sweep,
    },
  ],
  [
    "acceptance",
    {
      summary: "runs the acceptance suite against a deployed stage",
      load: async () => (await import("@sst-gatehouse/deploy/acceptance")).acceptance,
    },
  ],
  [
    "deploy-role",
    {
      summary: "the policies of a role that deploys production from a pipeline",
      load: async () => (await import("@sst-gatehouse/deploy/deploy-role")).deployRole,
    },
  ],
  [
    "doctor",
    {
      summary: "what is wrong with a deployed stage, and what mends it",
      load: async () => (await import("@sst-gatehouse/deploy/doctor")).doctor,
    },
  ],
  [
    "rules",
    {
      summary: "what the access rules say of a request, and whether the examples are so",
      load: async () => (await import("@sst-gatehouse/deploy/rules-command")).rules,
    },
  ],
  [
    "logs",
    {
      summary: "the log lines of a deployed stage, of all regions",
      load: async () => (await import("@sst-gatehouse/deploy/logs")).logs,
    },
  ],
  [
    "prove",
    {
      summary: "deploys a stage twice, tries it, and writes what AWS has shown",
      load: async () => (await import("@sst-gatehouse/deploy/prove")).prove,
    },
  ],
]);

const usage = `Plays an app and its gate on this machine, and looks after its stages on AWS. To deploy one, use sst deploy.

${[...commands].map(([name, { summary }]) => `  gatehouse ${name.padEnd(12)} ${summary}`).join("\n")}

Each explains itself with --help. Run them in the folder of sst.config.ts, or below it. What the app is comes from gate.ts,
credentials from where the AWS SDK looks for them.
`;

/** What a command is handed of the process, and where it runs. */
export interface Surroundings extends Omit<CommandContext, "root" | "gate"> {
  readonly cwd: () => string;
}

/**
 * Runs what a command line asks for.
 *
 * @param words of the command line, after the program's name.
 * @returns the exit code.
 * @throws {Error} (rejects) for what is a fault of ours.
 */
export async function runCommand(
  [name, ...args]: readonly string[],
  { cwd, stdin, stdout, stderr, env }: Surroundings,
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
    const command = await entry.load();
    if (args.includes("--help") || args.includes("-h")) {
      stdout.write(command.usage);
      return 0;
    }
    const project = await loadProject(cwd()).catch((error: unknown) => {
      throw new CommandError(messageOf(error));
    });
    return await command.run(args, { ...project, stdin, stdout, stderr, env });
  } catch (error) {
    if (error instanceof UsageError)
      return fail(`${error.message}. See npx gatehouse ${name} --help.`, 2);
    if (error instanceof CommandError) return fail(error.message, 1);
    throw error;
  }
}
