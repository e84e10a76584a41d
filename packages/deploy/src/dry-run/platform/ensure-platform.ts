import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { createScratchDirectory } from "../workspace/scratch-directory.ts";
import { applyChange, type SourceChange } from "../workspace/source-change.ts";
import { copySources } from "../workspace/source-copy.ts";
import { errorIn, readLogs } from "../sst-cli/cli-logs.ts";
import { runSst } from "../sst-cli/run-sst.ts";
import { withLock } from "./install-lock.ts";
import { findPlatform, platformPaths, type Cli, type Platform } from "./platform-files.ts";

const timeoutSeconds = 600;

export interface PlatformOptions {
  /** The project whose config says which providers there are. */
  readonly root: string;
  /** Where the platform belongs: below it in `.sst/platform`. */
  readonly home: string;
  /** Holds the lock, and what is in the making. On the same disk as `home`. */
  readonly cache: string;
  readonly cli: Cli;
  /** Of the AWS provider; SST's own when undefined. */
  readonly awsVersion: string | undefined;
  /** An edit that the config needs before this CLI takes it. */
  readonly change?: SourceChange;
  readonly print: (line: string) => void;
}

/**
 * Installs a platform, unless it is there.
 *
 * Install scripts of packages run during that, so no credentials of AWS are in their environment. The platform is put
 * together elsewhere and moved into its place whole. `sst install` starts no server: traced, it binds no socket.
 *
 * @throws {Error} (rejects) with what SST has printed.
 */
export async function ensurePlatform(options: PlatformOptions): Promise<Platform> {
  const { home, cache, cli, awsVersion, print } = options;
  const find = (): Promise<Platform | undefined> => findPlatform(home, cli, awsVersion);
  const present = await find();
  if (present !== undefined) return present;

  const onWait = (): void =>
    print("Waiting for another process that is installing SST's platform …");
  await withLock(join(cache, "platform.lock"), onWait, async () => {
    if ((await find()) !== undefined) return;
    const provider =
      awsVersion === undefined ? "its own AWS provider" : `AWS provider ${awsVersion}`;
    print(
      `Installing SST ${cli.version}'s platform with ${provider} (300 MB, about a minute, once) …`,
    );
    const scratch = await createScratchDirectory(cache, "platform");
    try {
      await install(options, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  const installed = await find();
  if (installed === undefined) {
    throw new Error(
      "SST's platform is not what sst.config.ts asks for, although it was installed. Remove .sst/platform and try again.",
    );
  }
  return installed;
}

async function install(
  { root, home, cli, change }: PlatformOptions,
  scratch: string,
): Promise<void> {
  const project = join(scratch, "project");
  await mkdir(project);
  await copySources(root, project);
  if (change !== undefined) await applyChange(project, change);
  const { code, printed } = await runSst(
    {
      command: cli.command,
      args: ["install", "--stage", "install"],
      directory: project,
      path: [join(root, "node_modules/.bin")],
      network: true,
      environment: { XDG_CONFIG_HOME: join(scratch, "home"), TMPDIR: scratch },
    },
    timeoutSeconds,
  );
  if (code !== 0) {
    const why = errorIn(await readLogs({ temporary: scratch, root: project })) ?? printed.trim();
    throw new Error(`SST's platform could not be installed: ${why}`);
  }
  const made = platformPaths(project);
  const { directory, providerLock } = platformPaths(home);
  await mkdir(join(home, ".sst"), { recursive: true });
  await rename(directory, join(scratch, "previous")).catch(ignore("ENOENT"));
  // Another process that was as fast has put the same there.
  await rename(made.directory, directory).catch(ignore("ENOTEMPTY"));
  await rename(made.providerLock, providerLock);
}

function ignore(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && "code" in error && error.code === code)) throw error;
  };
}
