import { createInterface } from "node:readline";
import { Writable } from "node:stream";

import { UsageError, type CommandContext } from "../../command.ts";

/** Longer than any password that Cognito takes. */
const maxLength = 256;

/**
 * Reads one line from stdin: typed without being shown, or piped.
 *
 * @param question shown on a terminal only.
 * @throws {UsageError} (rejects) when there is no line, more than one, or one that is too long.
 */
export async function readSecret(
  question: string,
  { stdin, stderr }: Pick<CommandContext, "stdin" | "stderr">,
): Promise<string> {
  const terminal = stdin.isTTY === true;
  // Node echoes what is typed to the output of the interface: this one drops it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal });
  if (terminal) stderr.write(question);
  const read: string[] = [];
  for await (const line of lines) {
    read.push(line);
    if (terminal || read.length > 1) break;
  }
  lines.close();
  if (terminal) stderr.write("\n");
  const [secret = ""] = read;
  if (secret === "" || read.length > 1 || secret.length > maxLength) {
    throw new UsageError(
      `--no-invitation takes the temporary password from stdin, as one line of at most ${maxLength} characters`,
    );
  }
  return secret;
}
