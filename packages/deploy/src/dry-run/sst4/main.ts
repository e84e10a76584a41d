import { parseArgs } from "node:util";

import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { compareWithSst4 } from "./sst4.ts";

const usage = `Evaluates sst.config.ts with SST 4 as well, and prints what it would deploy differently.

  pnpm test:sst4

Installs SST 4 into .cache/sst4 once, which takes about a minute and a half. Needs Linux but no AWS account: SST's CLI runs
commands for anybody who can reach it, so both CLIs run in an isolated network (unshare), or not at all. The exit code is
1 when there is an unexpected difference.
`;

// The reader of the output has gone: there is nobody left to tell.
process.stdout.on("error", () => process.exit(1));
try {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (values.help) process.stdout.write(usage);
  else if (!(await compareWithSst4(process.cwd(), print))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
