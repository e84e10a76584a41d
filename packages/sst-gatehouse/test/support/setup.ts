import { join } from "node:path";

import { installPlatform } from "@sst-gatehouse/deploy/platform";

/** Evaluating the config needs SST's platform, which takes about a minute to install, once. */
export default async function setup(): Promise<void> {
  await installPlatform(join(import.meta.dirname, "../../../.."), (line) =>
    process.stderr.write(`${line}\n`),
  );
}
