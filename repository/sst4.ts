import { join } from "node:path";
import { parseArgs } from "node:util";

import { compareWithSst4 } from "@sst-gatehouse/deploy/sst4";

const usage = `Evaluates sst.config.ts with SST 4 as well, and prints what it would deploy differently.

  pnpm test:sst4

Installs SST 4 into .cache/sst4 once, which takes about a minute and a half. Needs Linux but no AWS account: SST's CLI runs
commands for anybody who can reach it, so both CLIs run in an isolated network (unshare), or not at all. The exit code is
1 when there is an unexpected difference.
`;

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
if (values.help) process.stdout.write(usage);
else if (!(await compareWithSst4(join(import.meta.dirname, ".."), (line) => console.log(line))))
  process.exitCode = 1;
