import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { orUsageError } from "../command-line.ts";
import { CommandError, type Command } from "../command.ts";
import { compareWithSst4 } from "../dry-run/sst4/sst4.ts";

const root = join(import.meta.dirname, "../../../..");

const usage = `Evaluates sst.config.ts with SST 4 as well, and prints what it would deploy otherwise.

  pnpm test:sst4

Installs SST 4 into .cache/sst4, about a minute and a half, once. Needs no AWS account, and Linux: SST's CLI runs commands
for everybody who reaches it, so both run in a network of their own (unshare), or not at all. Exit code 1 when something
differs that is not expected to.
`;

export const sst4: Command = {
  usage,
  async run(args, { stdout }) {
    orUsageError(() => parseArgs({ args: [...args], options: {} }));
    try {
      const same = await compareWithSst4(root, (line) => stdout.write(`${line}\n`));
      return same ? 0 : 1;
    } catch (error) {
      throw new CommandError(messageOf(error));
    }
  },
};
