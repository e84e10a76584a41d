import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

export interface Digest {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * What is at a path, independent of where it is and when it was written: of a directory each file by its path in it,
 * of a file its own name.
 *
 * @throws {Error} for what is neither.
 */
export async function digestsOf(
  path: string,
): Promise<(readonly [file: string, digest: Digest])[]> {
  const stats = await stat(path);
  if (stats.isFile()) return [[basename(path), await digestOf(path)]];
  if (!stats.isDirectory()) throw new Error(`${path} is neither a file nor a directory`);
  const names = (await readdir(path)).toSorted();
  const entries = await Promise.all(
    names.map(async (name) => {
      const inner = join(path, name);
      const digests = await digestsOf(inner);
      if (!(await stat(inner)).isDirectory()) return digests;
      return digests.map(([file, digest]) => [`${name}/${file}`, digest] as const);
    }),
  );
  return entries.flat();
}

export async function digestOf(file: string): Promise<Digest> {
  return digestOfBytes(await readFile(file));
}

export function digestOfText(text: string): Digest {
  return digestOfBytes(Buffer.from(text));
}

function digestOfBytes(bytes: Buffer): Digest {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.byteLength };
}
