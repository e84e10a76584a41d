import { join } from "node:path";

import { ensurePlatform } from "../platform/ensure-platform.ts";
import { findCli, type Cli, type Platform } from "../platform/platform-files.ts";
import { installSst } from "./install-sst.ts";

/** The SST that projects could move to. */
const nextSst = "4.17.1";

/** The edit by which this repository's config leaves the choice of the AWS provider to SST. */
export const unpinned = {
  file: "sst.config.ts",
  from: "gatehouseApp({",
  to: "gatehouseApp({ sst: 4,",
};

/**
 * SST 4, in `.cache/sst4`, with the AWS provider that it brings. It refuses the one that a config pins for SST 3.
 *
 * @param root of this repository.
 * @param print tells a person why it takes so long, the first time.
 * @throws {Error} (rejects) with what npm or SST has printed.
 */
export async function installSst4(root: string, print: (line: string) => void): Promise<Platform> {
  const home = join(root, ".cache/sst4");
  return install(root, home, await installSst(home, nextSst, print), print);
}

/** This repository's SST 3, in `.cache/sst3`, with the AWS provider that it brings: too old for rotation. */
export async function installSst3(root: string, print: (line: string) => void): Promise<Platform> {
  return install(root, join(root, ".cache/sst3"), await findCli(root), print);
}

function install(
  root: string,
  home: string,
  cli: Cli,
  print: (line: string) => void,
): Promise<Platform> {
  return ensurePlatform({
    root,
    home,
    cache: home,
    cli,
    awsVersion: undefined,
    change: unpinned,
    print,
  });
}
