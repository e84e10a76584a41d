import { UsageError, type Command, type CommandContext } from "../command.ts";

const usage = `The people of a deployed stage.

  pnpm users add <username> --stage <name> --email <address> [--group <name> …]
  pnpm users add <username> --stage <name> --no-invitation [--email <address>] [--group <name> …]

add creates a user, who chooses a password at the first sign-in.

  --stage <name>     the name you gave to \`sst deploy --stage\`
  --email <address>  where Cognito mails the invitation with a temporary password; counts as verified
  --group <name>     a group of the user pool; may be given more than once
  --no-invitation    mails nothing; the temporary password comes from stdin, which a terminal does not show
  --help             this text
`;

type Subcommand = (args: readonly string[], context: CommandContext) => Promise<number>;

const subcommands = new Map<string, () => Promise<Subcommand>>([
  ["add", async () => (await import("./users/add.ts")).addUser],
]);

export const users: Command = {
  usage,
  async run([name, ...args], context) {
    const load = name === undefined ? undefined : subcommands.get(name);
    if (load === undefined) {
      const known = [...subcommands.keys()].join(", ");
      throw new UsageError(
        name === undefined ? `Say what to do: ${known}` : `There is no users ${name}: ${known}`,
      );
    }
    return (await load())(args, context);
  },
};
