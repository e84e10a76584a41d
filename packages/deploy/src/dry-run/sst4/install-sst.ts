import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { findCli, type Cli } from "../platform/platform-files.ts";
import { runSst } from "../sst-cli/run-sst.ts";

const timeoutSeconds = 300;

/**
 * Makes sure that a version of SST is installed in a separate directory, with npm.
 *
 * @throws {Error} (rejects) with what npm has printed.
 */
export async function installSst(
  directory: string,
  version: string,
  print: (line: string) => void,
): Promise<Cli> {
  const present = await findCli(directory).catch(() => undefined); // missing, or interrupted
  if (present?.version === version) return present;
  print(`Installing SST ${version} …`);
  await mkdir(directory, { recursive: true });
  // Without it, npm would install into the project.
  await writeFile(join(directory, "package.json"), '{"private":true}\n');
  const { code, printed } = await runSst(
    {
      command: "npm",
      args: ["install", "--no-save", "--no-audit", "--no-fund", `sst@${version}`],
      directory,
      path: [dirname(process.execPath)],
      network: true,
      environment: {},
    },
    timeoutSeconds,
  );
  if (code !== 0) throw new Error(`SST ${version} could not be installed:\n${printed.trim()}`);
  return findCli(directory);
}
