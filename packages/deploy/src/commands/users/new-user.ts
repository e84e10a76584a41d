import { parseArgs } from "node:util";

import { isPoolName } from "@sst-gatehouse/blueprint/access-names";

import { orUsageError, requireStage } from "../../command-line.ts";
import { UsageError } from "../../command.ts";

export interface NewUser {
  readonly stage: string;
  readonly username: string;
  readonly email: string | undefined;
  /** Each once, in the order they were given. */
  readonly groups: readonly string[];
  /** Whether Cognito mails the user; then there is an e-mail address. */
  readonly invitation: boolean;
}

const emailAddress = /^(?=.{3,254}$)[^\s@]+@[^\s@]+$/;

/** @throws {UsageError} when words are missing, too many or of a form that Cognito does not take. */
export function parseNewUser(args: readonly string[], app: string): NewUser {
  const { values, positionals } = orUsageError(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stage: { type: "string" },
        email: { type: "string" },
        group: { type: "string", multiple: true, default: [] },
        "no-invitation": { type: "boolean", default: false },
      },
    }),
  );
  const [username, ...more] = positionals;
  if (username === undefined || more.length > 0)
    throw new UsageError(
      "users add takes one username: npx gatehouse users add <username> --stage <name>",
    );
  const stage = requireStage(app, values.stage);
  requireForm("the username", username, isPoolName(username));
  if (emailAddress.test(username)) {
    throw new UsageError(
      `the username is not one that Cognito accepts: ${JSON.stringify(username)} looks like an e-mail address. Choose a name, and give the address by --email: people sign in with either`,
    );
  }
  const { email, group } = values;
  if (email !== undefined) requireForm("--email", email, emailAddress.test(email));
  for (const name of group) requireForm("--group", name, isPoolName(name));
  const invitation = !values["no-invitation"];
  if (invitation && email === undefined) {
    throw new UsageError(
      "--email is needed, to mail the invitation to; with --no-invitation the temporary password comes from stdin instead",
    );
  }
  return { stage, username, email, groups: [...new Set(group)], invitation };
}

function requireForm(what: string, value: string, holds: boolean): void {
  if (!holds)
    throw new UsageError(`${what} is not one that Cognito accepts: ${JSON.stringify(value)}`);
}
