import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { orUsageError } from "../command-line.ts";
import { CommandError, type Command } from "../command.ts";
import { compareWithSst4 } from "../dry-run/sst4/sst4.ts";

const root = join(import.meta.dirname, "../../../..");

const usage = `Evaluates sst.config.ts with SST 4 as well, and prints what it would deploy differently.

  pnpm test:sst4

Installs SST 4 into .cache/sst4 once, which takes about a minute and a half. Needs Linux but no AWS account: SST's CLI runs
commands for anybody who can reach it, so both CLIs run in an isolated network (unshare), or not at all. The exit code is
1 when there is an unexpected difference.
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
