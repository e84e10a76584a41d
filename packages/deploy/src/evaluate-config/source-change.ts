import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An edit of one source file. */
export interface SourceChange {
  /** Relative to the project. */
  readonly file: string;
  /** Has to occur exactly once. */
  readonly from: string;
  readonly to: string;
}

/** @throws {TypeError} (rejects) when the text to replace does not occur exactly once: it would not test anything. */
export async function applyChange(root: string, { file, from, to }: SourceChange): Promise<void> {
  const path = join(root, file);
  const [before = "", ...rest] = (await readFile(path, "utf8")).split(from);
  const [after, ...more] = rest;
  if (from === "" || after === undefined || more.length > 0)
    throw new TypeError(`${file}: ${JSON.stringify(from)} occurs ${rest.length} times, not once`);
  await writeFile(path, `${before}${to}${after}`);
}
