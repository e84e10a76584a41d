import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { codeHash } from "@sst-gatehouse/deploy/code-hash";

import { layOutCreator } from "./create-sst-gatehouse.ts";
import { layOutGatehouse } from "./sst-gatehouse.ts";
import { layOutGatehouseDev } from "./sst-gatehouse-dev.ts";
import { packTarball, type Tarball } from "./tarball.ts";
import { readManifest, root } from "./workspace.ts";

export interface Packed {
  readonly tarballs: readonly Tarball[];
  /** As `plan` prints it. */
  readonly guardSha256: string;
}

const layouts = {
  "sst-gatehouse": layOutGatehouse,
  "sst-gatehouse-dev": layOutGatehouseDev,
  "create-sst-gatehouse": layOutCreator,
};

/**
 * Writes the packages that people install to a folder, as tarballs.
 *
 * @param outdir emptied first.
 * @param version of all three; the one in the root's `package.json` when left out.
 */
export async function packAll(
  outdir: string,
  version: string = String(readManifest(root).version),
): Promise<Packed> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), "gatehouse-package-"));
  try {
    const tarballs: Tarball[] = [];
    for (const [name, layOut] of Object.entries(layouts)) {
      const folder = join(scratch, name);
      await mkdir(folder);
      await layOut(folder, version);
      tarballs.push(await packTarball(folder, outdir));
    }
    return { tarballs, guardSha256: await hashGuard(join(scratch, "sst-gatehouse/guard")) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function hashGuard(folder: string): Promise<string> {
  const digests = (await readdir(folder)).map(async (file) => [
    file,
    createHash("sha256")
      .update(await readFile(join(folder, file)))
      .digest("hex"),
  ]);
  return codeHash(Object.fromEntries(await Promise.all(digests)));
}
