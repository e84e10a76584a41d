import { copyFile, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import type { Platform } from "./platform-files.ts";

/** Programs that the CLI has bundled into its platform for a while. */
const bundled = /^sst\.config\.\d+\.mjs|^resources$/;

/**
 * Gives a copied project its own `.sst`, with the installed platform in it. The CLI writes into `.sst/platform` and may
 * empty it, so files are copied, and directories are links in a directory of the copy's own.
 */
export async function sharePlatform(platform: Platform, root: string): Promise<void> {
  const directory = join(root, ".sst/platform");
  await mkdir(directory, { recursive: true });
  const entries = await readdir(platform.directory, { withFileTypes: true });
  await Promise.all([
    copyFile(platform.providerLock, join(root, ".sst/provider-lock.json")),
    ...entries
      .filter(({ name }) => !bundled.test(name))
      .map((entry) => {
        const from = join(platform.directory, entry.name);
        const to = join(directory, entry.name);
        return entry.isFile() ? copyFile(from, to) : symlink(from, to);
      }),
  ]);
}
