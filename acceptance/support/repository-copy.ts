import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../..");
/** What the commands run, and nothing that only tests and people read. */
const runnable = {
  folders: [
    "packages",
    "repository",
    "access.ts",
    "stages.ts",
    "gate.ts",
    "sst.config.ts",
    "package.json",
    "tsconfig.json",
  ],
  leftOut: /[\\/](dist|vectors|test|\.cache)$|\.test\.tsx?$/,
};
const whole = {
  folders: readdirSync(repository).filter(
    (name) => !/^(\.git|\.sst|\.cache|node_modules)$/.test(name),
  ),
  leftOut: /[\\/](dist|\.cache)$/,
};

export interface RepositoryCopy {
  readonly root: string;
  /** Leaves these files of the acceptance suite, without `.test.ts`, for those who need it to run and not all of it. */
  keepTests(...names: readonly string[]): void;
  remove(): void;
}

/** By path in the repository. */
export type Replacements = Readonly<Record<string, string>>;

/** What the suite is written for, in place of what an adopter has written. */
const sampleFiles: Replacements = Object.fromEntries(
  ["access.ts", "stages.ts", "gate.ts"].map((name) => [
    name,
    readFileSync(join(import.meta.dirname, "../sample", name), "utf8").replace(
      '"lambda.handler"',
      '"packages/functions/src/lambda.handler"',
    ),
  ]),
);

export interface CopyOptions {
  /** With the tests and all the rest; only what the commands run when absent. */
  readonly everything?: boolean;
  /** For the adopter's files; the suite's own samples when absent. */
  readonly replacements?: Replacements;
  /** A folder with the guard as it is built of these sources. The copy has it ready, as an app has, and builds none. */
  readonly guard?: string;
}

/** A copy of the sources to change at will. The installed packages are shared, but for the workspace's own. */
export function copyRepository({
  everything = false,
  replacements = sampleFiles,
  guard,
}: CopyOptions = {}): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), "gatehouse-copy-"));
  const { folders, leftOut } = everything ? whole : runnable;
  for (const name of folders)
    if (statSync(join(repository, name)).isDirectory())
      copyFolder(join(repository, name), join(root, name), leftOut);
    else copyFileSync(join(repository, name), join(root, name));
  const from = join(repository, "node_modules");
  const to = join(root, "node_modules");
  mkdirSync(join(to, "@sst-gatehouse"), { recursive: true });
  for (const name of readdirSync(join(root, "packages")))
    symlinkSync(join(root, "packages", name), join(to, nameOf(join(root, "packages", name))));
  for (const name of readdirSync(from))
    if (!existsSync(join(to, name))) symlinkSync(join(from, name), join(to, name));
  // SST's platform is 300 MB, and only read there; where it is missing, it is installed for all.
  mkdirSync(join(repository, ".sst"), { recursive: true });
  symlinkSync(join(repository, ".sst"), join(root, ".sst"));
  for (const [path, content] of Object.entries(replacements))
    writeFileSync(join(root, path), content);
  if (guard !== undefined)
    cpSync(guard, join(root, "packages/sst-gatehouse/guard"), { recursive: true });
  return {
    root,
    keepTests(...names) {
      const suite = join(root, "acceptance");
      for (const file of readdirSync(suite, { recursive: true, encoding: "utf8" }))
        if (file.endsWith(".test.ts") && !names.includes(file.slice(0, -".test.ts".length)))
          rmSync(join(suite, file));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What `cpSync` does in four times as many calls. */
function copyFolder(from: string, to: string, leftOut: RegExp): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.test(source)) continue;
    if (entry.isDirectory()) copyFolder(source, target, leftOut);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFileSync(source, target);
  }
}

function nameOf(folder: string): string {
  const manifest: { name: string } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return manifest.name;
}
