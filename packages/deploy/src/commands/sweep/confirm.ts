import { createInterface } from "node:readline";

import type { CommandContext } from "../../command.ts";

/** Asks a question on the terminal. Anything but yes is no: another word, Ctrl-C, the end of the input. */
export function confirm(
  question: string,
  { stdin, stdout }: Pick<CommandContext, "stdin" | "stdout">,
): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stdout });
  return new Promise((resolve) => {
    terminal.once("close", () => resolve(false));
    terminal.question(question, (answer) => {
      resolve(/^(y|yes)$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
