import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync, readdirSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix, relative, sep } from "node:path";

import { transform } from "esbuild";
import ts from "typescript";

import { folderOf } from "./third-party.ts";
import { packageOf, readManifest, resolveInWorkspace } from "./workspace.ts";

export interface CompiledTree {
  /** Of the packages of other people that the files import: exact versions by name, as the importers' manifests have them. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** What the files import by `#name`: what the importers' manifests say it is. */
  readonly imports: Readonly<Record<string, string>>;
}

/**
 * Compiles sources of the workspace to JavaScript, file by file: the entries, what they import, and what they start or load
 * from beside themselves (`join(import.meta.dirname, "main.ts")`, `new URL("./child/", import.meta.url)`). Each becomes
 * `<outdir>/<folder of its package>/<path in src>.js`; imports of other packages of ours become relative.
 *
 * @param leftOut files that are not compiled, although they are imported where they are there.
 * @throws {Error} for a file that climbs out of its package, or an import that its package has not among its `dependencies`.
 */
export async function compile(
  entries: readonly string[],
  outdir: string,
  leftOut: readonly string[] = [],
): Promise<CompiledTree> {
  const dependencies: Record<string, string> = {};
  const imports: Record<string, string> = {};
  const queue = [...entries];
  const seen = new Set(queue);
  const need = (file: string): void => {
    if (seen.has(file) || leftOut.includes(file)) return;
    seen.add(file);
    queue.push(file);
  };

  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const target = join(outdir, outputPath(file));
    await mkdir(dirname(target), { recursive: true });
    if (!/\.m?[jt]s$/.test(file)) {
      await copyFile(file, target);
      continue;
    }
    const code = await toJavaScript(file);
    const replacements = [
      ...importsIn(code).map(({ specifier, at }) => {
        const used = resolveImport(file, specifier);
        if (used === undefined) {
          noteForeign(file, specifier);
          return { at, from: specifier, to: specifier };
        }
        need(used);
        return { at, from: specifier, to: relativePath(outputPath(file), outputPath(used)) };
      }),
      ...neighboursIn(code).map(({ path, at }) => {
        for (const used of filesAt(file, path)) need(used);
        return { at, from: path, to: path.replace(/\.ts$/, ".js") };
      }),
    ];
    await writeFile(target, replaceAll(code, replacements));
  }
  return { dependencies, imports };

  function noteForeign(file: string, specifier: string): void {
    if (isBuiltin(specifier)) return;
    const manifest = readManifest(folderOf(file));
    const named = specifier.startsWith("#") ? manifest.imports?.[specifier] : undefined;
    if (named !== undefined) {
      imports[specifier] = named;
      return;
    }
    const name = packageOf(specifier);
    const version = manifest.dependencies?.[name];
    if (version === undefined)
      throw new Error(
        `${file} imports ${specifier}, which is not among the dependencies of ${manifest.name}`,
      );
    if (dependencies[name] !== undefined && dependencies[name] !== version)
      throw new Error(`${name} is needed as ${dependencies[name]} and as ${version}`);
    dependencies[name] = version;
  }
}

/** `packages/deploy/src/review/rules.ts` is `deploy/review/rules.js`. */
export function outputPath(file: string): string {
  const folder = folderOf(file);
  const inside = relative(folder, file)
    .split(sep)
    .join("/")
    .replace(/^src\//, "");
  return posix.join(folder.split(sep).at(-1) ?? "", inside).replace(/\.ts$/, ".js");
}

async function toJavaScript(file: string): Promise<string> {
  const source = await readFile(file, "utf8");
  if (!file.endsWith(".ts")) return source;
  const { code } = await transform(source, {
    loader: "ts",
    format: "esm",
    target: "node22",
    sourcefile: file,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return code;
}

/** Static and dynamic imports and what `createRequire` resolves, with the offset of their specifiers. */
function importsIn(code: string): { specifier: string; at: number }[] {
  const resolved = code.matchAll(/createRequire\(import\.meta\.url\)\.resolve\("(?<path>[^"]+)"/dg);
  return [
    ...ts
      .preProcessFile(code, true, true)
      .importedFiles.map(({ fileName, pos }) => ({ specifier: fileName, at: pos + 1 })),
    ...places(resolved).map(({ path, at }) => ({ specifier: path, at })),
  ];
}

function resolveImport(file: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join(dirname(file), specifier) : resolveInWorkspace(specifier);
}

/** Paths that a module makes from its own place. */
function neighboursIn(code: string): { path: string; at: number }[] {
  const made = [
    /import\.meta\.dirname,\s*"(?<path>[^"]+)"/dg,
    /new URL\("(?<path>[^"]+)",\s*import\.meta\.url\)/dg,
  ];
  return made.flatMap((pattern) => places(code.matchAll(pattern)));
}

function places(matches: Iterable<RegExpExecArray>): { path: string; at: number }[] {
  return [...matches].map(({ groups, indices }) => ({
    path: groups?.["path"] ?? "",
    at: indices?.groups?.["path"]?.[0] ?? 0,
  }));
}

/** The file at a path beside a module, or all files of a folder but its tests. */
function filesAt(module: string, path: string): string[] {
  const at = join(dirname(module), path);
  const folder = folderOf(module);
  if (!at.startsWith(folder + sep))
    throw new Error(`${module} climbs to ${path}, out of its package`);
  if (!existsSync(at)) throw new Error(`${module} names ${path}, which does not exist`);
  if (!statSync(at).isDirectory()) return [at];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .map((name) => join(at, name))
    .filter((name) => statSync(name).isFile() && !/\.test\.|\.d\.m?ts$/.test(name));
}

function relativePath(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** From the end to the beginning, so that offsets stay true. */
function replaceAll(
  code: string,
  replacements: readonly { at: number; from: string; to: string }[],
): string {
  return replacements
    .toSorted((a, b) => b.at - a.at)
    .reduce((text, { at, from, to }) => {
      if (!text.startsWith(from, at)) throw new Error(`no ${from} at ${at}`);
      return text.slice(0, at) + to + text.slice(at + from.length);
    }, code);
}
