import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface InstalledPackage {
  /** Absolute. */
  readonly directory: string;
  readonly version: string;
}

/**
 * A package as the modules of an app find it, whatever it exports.
 *
 * @param root of the app.
 * @throws {Error} that says how to install it.
 */
export function installedPackage(root: string, name: string): InstalledPackage {
  const folders = createRequire(join(root, "package.json")).resolve.paths(name) ?? [];
  const directory = folders
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, "package.json")));
  if (directory === undefined)
    throw new Error(
      `The package ${name} is not installed for ${root}. Add it to the dependencies there: npm install ${name}`,
    );
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(directory, "package.json"), "utf8"),
  );
  return { directory, version: manifest.version };
}
