import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { ensurePlatform } from "./ensure-platform.ts";
import { pinnedProvider } from "./pinned-provider.ts";
import { findCli, type Platform } from "./platform-files.ts";

export type { Platform } from "./platform-files.ts";

/**
 * Makes sure that SST's components and the providers are in `.sst/platform`, of the versions that `package.json` and
 * `sst.config.ts` ask for. That takes about a minute the first time and 300 MB, and needs the npm registry.
 *
 * Two processes may want it at the same time, and one that was interrupted leaves nothing behind that matters.
 *
 * @param print tells a person why it takes so long.
 * @throws {Error} (rejects) with what SST has printed when it cannot be installed.
 */
export async function installPlatform(
  root: string,
  print: (line: string) => void = () => undefined,
): Promise<Platform> {
  const awsVersion = pinnedProvider(await readFile(join(root, "sst.config.ts"), "utf8"));
  const cli = await findCli(root);
  return ensurePlatform({ root, home: root, cache: join(root, ".cache"), cli, awsVersion, print });
}
