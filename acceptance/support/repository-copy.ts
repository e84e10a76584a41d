import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const repository = join(import.meta.dirname, "../..");
const copied = ["packages", "access.ts", "stages.ts", "package.json", "tsconfig.json"];
const leftOut = new Set(["dist", "vectors", ".cache"]);

export interface RepositoryCopy {
  readonly root: string;
  remove(): void;
}

/** A copy of the sources to change at will. The installed packages are shared, but for the workspace's own. */
export function copyRepository(): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), "gatehouse-copy-"));
  for (const name of copied) {
    cpSync(join(repository, name), join(root, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !leftOut.has(basename(path)),
    });
  }
  const from = join(repository, "node_modules");
  const to = join(root, "node_modules");
  mkdirSync(join(to, "@sst-gatehouse"), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== "@sst-gatehouse") symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(root, "packages")))
    symlinkSync(join(root, "packages", name), join(to, "@sst-gatehouse", name));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
