import { UsageError, type Command, type CommandContext } from "../command.ts";

const usage = `The people of a deployed stage.

  gatehouse users add <username> --stage <name> --email <address> [--group <name> …]
  gatehouse users add <username> --stage <name> --no-invitation [--email <address>] [--group <name> …]
  gatehouse users revoke <username> [--stage <name>] [--disable]
  gatehouse users revoke --everybody [--stage <name>]

add creates a user, who chooses a password at the first sign-in. revoke signs out everywhere, before the tokens expire:
within 60 seconds the guard refuses every token from a sign-in before the command. Without --stage it revokes in the
stack on this machine.

  --stage <name>     the name you gave to \`sst deploy --stage\`
  --email <address>  where Cognito mails the invitation with a temporary password; taken as verified
  --group <name>     a group of the user pool; may be given more than once
  --no-invitation    mails nothing; the temporary password comes from stdin; a terminal does not show it
  --disable          revoke: also forbids the user to sign in again; the only sure lock-out
  --everybody        revoke: all users and machines of the stage
  --help             this text
`;

type Subcommand = (args: readonly string[], context: CommandContext) => Promise<number>;

const subcommands = new Map<string, () => Promise<Subcommand>>([
  ["add", async () => (await import("./users/add.ts")).addUser],
  ["revoke", async () => (await import("./users/revoke.ts")).revokeSignIns],
]);

export const users: Command = {
  usage,
  async run([name, ...args], context) {
    const load = name === undefined ? undefined : subcommands.get(name);
    if (load === undefined) {
      const known = [...subcommands.keys()].join(", ");
      throw new UsageError(
        name === undefined
          ? `Choose what to do: ${known}`
          : `There is no command users ${name}; choose one of ${known}`,
      );
    }
    return (await load())(args, context);
  },
};
