import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** Paths inside, with the bytes of each. */
  readonly contents: readonly { readonly path: string; readonly size: number }[];
}

/**
 * Packs a folder as npm would publish it. The same files give the same bytes.
 *
 * @throws {Error} (rejects) with npm's words.
 */
export async function packTarball(folder: string, outdir: string): Promise<Tarball> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", outdir],
    { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
  );
  const [packed] = JSON.parse(stdout);
  const { name, version, filename, size, files } = packed;
  return { name, version, file: join(outdir, filename), bytes: size, contents: files };
}
