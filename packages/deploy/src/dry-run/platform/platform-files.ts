import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { installedPackage } from "../../installed-package.ts";

/** The SST CLI of one version. */
export interface Cli {
  readonly version: string;
  /** The program itself, not the script that npm's packages start it by. */
  readonly command: string;
}

/** What `sst install` puts down: SST's components, Pulumi, and the providers. */
export interface Platform extends Cli {
  /** Of the AWS provider. */
  readonly awsVersion: string;
  /** `.sst/platform` */
  readonly directory: string;
  /** `.sst/provider-lock.json` */
  readonly providerLock: string;
}

/** Where the platform is, or would be, below a directory. */
export function platformPaths(home: string): Pick<Platform, "directory" | "providerLock"> {
  return {
    directory: join(home, ".sst/platform"),
    providerLock: join(home, ".sst/provider-lock.json"),
  };
}

/** Of SST: what the component is made for. */
const oldest = [3, 19] as const;

/**
 * The SST CLI among the packages that are installed in a directory, or in one above it, as those of a monorepo are.
 *
 * @throws {Error} (rejects) when there is none for this machine, or one that is too old.
 */
export async function findCli(directory: string): Promise<Cli> {
  const cli = await installedCli(directory);
  const [major = 0, minor = 0] = cli.version.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    throw new Error(
      `SST ${cli.version} is installed, and Gatehouse needs ${oldest.join(".")} or newer: npm install sst@^${oldest.join(".")}.0`,
    );
  return cli;
}

async function installedCli(directory: string): Promise<Cli> {
  const native = `sst-${process.platform}-${process.arch}`;
  try {
    // Its own packages are found from where it really is.
    const { directory: sst } = installedPackage(directory, "sst");
    const manifest = await realpath(join(sst, "package.json"));
    const { version } = await readManifest(manifest);
    const program = createRequire(manifest).resolve(`${native}/package.json`);
    // Where NODE_PATH is set, a missing one would be found elsewhere, in another version.
    if ((await readManifest(program)).version !== version) throw new Error(`${program} is another`);
    return { version, command: join(dirname(program), "bin/sst") };
  } catch (error) {
    throw new Error(
      `SST is not installed for this machine (${native}) in ${directory}. If package.json names sst, install its packages again; otherwise: npm install sst`,
      { cause: error },
    );
  }
}

/**
 * The platform below a directory, when it is whole and of the right versions.
 *
 * @param awsVersion of the AWS provider; SST's own when undefined.
 */
export async function findPlatform(
  home: string,
  cli: Cli,
  awsVersion: string | undefined,
): Promise<Platform | undefined> {
  const { directory, providerLock } = platformPaths(home);
  try {
    const lock: readonly { name: string; version: string }[] = JSON.parse(
      await readFile(providerLock, "utf8"),
    );
    const version = await readFile(join(directory, "version"), "utf8");
    const aws = await readManifest(join(directory, "node_modules/@pulumi/aws/package.json"));
    const { dependencies = {} } = await readManifest(join(directory, "package.json"));
    // npm puts packages down in no order: one that is missing says that an installation was interrupted.
    await Promise.all(
      Object.keys(dependencies).map((name) =>
        readManifest(join(directory, "node_modules", name, "package.json")),
      ),
    );
    const isWanted =
      version === cli.version &&
      (awsVersion === undefined || aws.version === awsVersion) &&
      lock.some((provider) => provider.name === "aws" && provider.version === aws.version);
    return isWanted ? { ...cli, awsVersion: aws.version, directory, providerLock } : undefined;
  } catch {
    return undefined; // something is missing, or half written
  }
}

async function readManifest(
  file: string,
): Promise<{ version: string; dependencies?: Record<string, string> }> {
  return JSON.parse(await readFile(file, "utf8"));
}
