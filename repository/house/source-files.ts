import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import ts from "typescript";

/** One source file of the repository and the files of the repository that it names. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  /** The file it leads to. */
  readonly target: string;
  /** Whether the file is named as a path, to be read or to run as a program, and not imported. */
  readonly byPath: boolean;
}

/** The package a file belongs to, such as `packages/core`, or its first folder; "" for files at the root. */
export function packageOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  if (first === "packages") return `packages/${second}`;
  return path.includes("/") ? first : "";
}

/** Whether a file exists for tests only: a test, or what tests share. */
export function isTestFile(path: string): boolean {
  return (
    /\.test\.tsx?$/.test(path) ||
    /^(acceptance|bench|corpus|repository|packages\/testkit)\//.test(path) ||
    /^packages\/[^/]+\/test\//.test(path)
  );
}

/** Reads every TypeScript and JavaScript file that git knows, or would add. */
export function readSourceFiles(root: string): readonly SourceFile[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  const paths = listed.filter((path) => /\.(ts|tsx|mts|mjs|cjs)$/.test(path));
  const existing = paths.filter((path) => existsSync(join(root, path)));
  const known = new Set(existing);
  const doors = readDoors(root, listed);
  return existing.map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const leadTo = (specifier: string, byPath: boolean): readonly Import[] => {
      const target = specifier.startsWith(".")
        ? normalize(join(dirname(path), specifier))
        : doors.get(specifier);
      return target !== undefined && known.has(target) ? [{ specifier, target, byPath }] : [];
    };
    const imports = [
      ...importedModules(text).flatMap((specifier) => leadTo(specifier, false)),
      ...pathsBesideImportMeta(text).flatMap((specifier) => leadTo(specifier, true)),
    ];
    return { path, lines: text.split("\n").length - 1, imports };
  });
}

function importedModules(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** Such as `new URL("./child.mjs", import.meta.url)`, by which a file starts or reads another. */
function pathsBesideImportMeta(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.includes("import.meta"))
    .flatMap((line) => [...line.matchAll(/["'`]([\w./-]+\.(?:ts|tsx|mjs|cjs))["'`$]/g)])
    .map(([, path = ""]) => (path.startsWith(".") ? path : `./${path}`));
}

/** What each package exports: import specifier to file. */
function readDoors(root: string, listed: readonly string[]): ReadonlyMap<string, string> {
  const doors = new Map<string, string>();
  for (const path of listed) {
    if (!/^packages\/[^/]+\/package\.json$/.test(path) || !existsSync(join(root, path))) continue;
    const { name, exports = {} }: { name: string; exports?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, path), "utf8"),
    );
    for (const [key, file] of Object.entries(exports))
      doors.set(join(name, key), join(dirname(path), file));
  }
  return doors;
}
