import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of this repository. */
export const root = join(import.meta.dirname, "../..");

export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly repository?: unknown;
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace: its folder, as an absolute path, and its `package.json`. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Every package in `packages/`, by its name. */
export const workspace: ReadonlyMap<string, WorkspacePackage> = new Map(
  readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => [readManifest(folder).name, { folder, manifest: readManifest(folder) }]),
);

/** @throws {Error} for a name that no package has. */
export function workspacePackage(name: string): WorkspacePackage {
  const found = workspace.get(name);
  if (found === undefined) throw new Error(`packages/ has no package called ${name}`);
  return found;
}

/** `@a/b` of `@a/b/c`, `a` of `a/b`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/**
 * The file that an import of one of our packages means; undefined for a package of somebody else.
 *
 * @throws {Error} for a part of the package that its `exports` do not name.
 */
export function resolveInWorkspace(specifier: string): string | undefined {
  const name = packageOf(specifier);
  const found = workspace.get(name);
  if (found === undefined) return undefined;
  const file = found.manifest.exports?.[`.${specifier.slice(name.length)}`];
  if (file === undefined) throw new Error(`${name} does not export ${specifier}`);
  return join(found.folder, file);
}

/** What every published package says alike. */
export function commonFields(version: string) {
  const { license, repository } = readManifest(root);
  return { version, license, ...(repository === undefined ? {} : { repository }) };
}
