import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { appName } from "./app-name.ts";

/** What stands in a template for the app's name. */
const placeholder = "__name__";

export interface CreateOptions {
  /** The template's files. */
  readonly template: string;
  /** The new app's folder: empty, or not there yet. */
  readonly folder: string;
}

/** A folder that somebody has put something into already. */
export class FolderNotEmptyError extends Error {
  override readonly name = "FolderNotEmptyError";

  constructor(folder: string) {
    super(`${folder} is not empty. Choose a folder that is, or one that does not exist.`);
  }
}

/**
 * Makes an app of a template, named after its folder.
 *
 * @returns the name, which is not the folder's where AWS would refuse that.
 * @throws {FolderNotEmptyError} (rejects) before anything is written.
 */
export async function createApp({
  template,
  folder,
}: CreateOptions): Promise<{ readonly name: string }> {
  const target = resolve(folder);
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) throw new FolderNotEmptyError(folder);
  const name = appName(basename(target));
  await cp(template, target, { recursive: true });
  // npm leaves a .gitignore out of every package.
  await rename(join(target, "gitignore"), join(target, ".gitignore"));
  const files = await readdir(target, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const text = await readFile(path, "utf8");
    if (text.includes(placeholder)) await writeFile(path, text.replaceAll(placeholder, name));
  }
  return { name };
}
