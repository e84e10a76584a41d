import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * An edit of one source file, relative to the project: a text that occurs exactly once, or the whole file, or a file that
 * is not there.
 */
export type SourceChange =
  | { readonly file: string; readonly from: string; readonly to: string }
  | { readonly file: string; readonly content: string }
  | { readonly file: string; readonly added: string };

/** @throws {TypeError} (rejects) when the text to replace does not occur exactly once: it would not test anything. */
export async function applyChange(root: string, change: SourceChange): Promise<void> {
  const path = join(root, change.file);
  if ("added" in change) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, change.added, { flag: "wx" });
    return;
  }
  if ("content" in change) {
    await access(path);
    await writeFile(path, change.content);
    return;
  }
  const { file, from, to } = change;
  const [before = "", ...rest] = (await readFile(path, "utf8")).split(from);
  const [after, ...more] = rest;
  if (from === "" || after === undefined || more.length > 0)
    throw new TypeError(`${file}: ${JSON.stringify(from)} occurs ${rest.length} times, not once`);
  await writeFile(path, `${before}${to}${after}`);
}
