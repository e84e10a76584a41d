import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Source files by their path in the repository, each with the files of the repository that it names. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const quoted = /["'`]([^"'`\s]+)["'`]/g;

/**
 * Reads every source file below a folder of the repository, tests too, and follows what they name out of it: imports,
 * and any other text that is the path of a source file, which they may read, bundle or start.
 */
export function readImportGraph(root: string, folder: string): ImportGraph {
  const doors = readDoors(root);
  const graph = new Map<string, readonly string[]>();
  const add = (file: string): void => {
    if (graph.has(file)) return;
    const text = readFileSync(join(root, file), "utf8");
    const named = Array.from(text.matchAll(quoted), ([, name = ""]) => name).flatMap((name) => [
      ...(doors.get(name) ?? []),
      ...(isSource(name) ? [join(dirname(file), name), ...below(graphFiles, file, name)] : []),
    ]);
    const files = [...new Set(named)].filter(
      (path) => path !== file && existsSync(join(root, path)),
    );
    graph.set(file, files);
    files.forEach(add);
  };
  const graphFiles = sourcesIn(root, folder);
  graphFiles.forEach(add);
  return graph;
}

/** A file and everything that it names, however far away. */
export function reachOf(graph: ImportGraph, file: string): ReadonlySet<string> {
  const reached = new Set([file]);
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next);
  return reached;
}

/** Source files below a folder, by their path in the repository. */
export function sourcesIn(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return /^(node_modules|dist|vectors)$/.test(entry.name) ? [] : sourcesIn(root, path);
    return entry.isFile() && isSource(entry.name) ? [path] : [];
  });
}

function isSource(name: string): boolean {
  return /\.(tsx?|m[jt]s|c[jt]s)$/.test(name);
}

/** Of `join(folder, "a.ts")` only the end is known: all files of the package that end so. */
function below(files: readonly string[], file: string, name: string): readonly string[] {
  const [top, folder] = file.split("/");
  if (name.startsWith(".")) return [];
  return files.filter((path) => path.startsWith(`${top}/${folder}/`) && path.endsWith(`/${name}`));
}

/** What the packages export, by the name that others import. */
function readDoors(root: string): ReadonlyMap<string, readonly string[]> {
  const doors = new Map<string, readonly string[]>();
  for (const folder of readdirSync(join(root, "packages"))) {
    const manifest: { name: string; exports?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, "packages", folder, "package.json"), "utf8"),
    );
    for (const [door, file] of Object.entries(manifest.exports ?? {}))
      doors.set(join(manifest.name, door), [join("packages", folder, file)]);
  }
  return doors;
}
