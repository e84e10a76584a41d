import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { build } from "esbuild";

import { compile, outputPath } from "./compile.ts";
import { writeDeclarations } from "./declarations.ts";
import { folderOf } from "./third-party.ts";
import { commonFields, root, workspacePackage } from "./workspace.ts";

/** Builds the guard in this repository. Whoever installs the package has it ready in `sst-gatehouse`. */
const guardFromSource = join(
  workspacePackage("@sst-gatehouse/local").folder,
  "src/code/guard-from-source.ts",
);

/**
 * Lays out the package `sst-gatehouse-dev`: the command `gatehouse` and the entries for tests, file by file, because they
 * start one another as processes.
 *
 * What a manifest of ours imports by `#name` is brought along, bundled, with its licence: installing it would run its
 * install scripts.
 */
export async function layOutGatehouseDev(outdir: string, version: string): Promise<void> {
  const { folder, manifest } = workspacePackage("sst-gatehouse-dev");
  const dist = join(outdir, "dist");
  const program = join(folder, "src/main.ts");
  const sources = Object.entries(manifest.exports ?? {})
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([path, file]) => ({ path, file: join(folder, file) }));

  const { dependencies, imports } = await compile(
    [program, ...sources.map(({ file }) => file)],
    dist,
    [guardFromSource],
  );
  await writeDeclarations({
    entries: Object.fromEntries(
      sources.map(({ file }) => [outputPath(file).replace(/\.js$/, ""), file]),
    ),
    outdir: dist,
  });
  const command = join(dist, outputPath(program));
  const code = await readFile(command, "utf8");
  if (!code.startsWith("#!")) await writeFile(command, `#!/usr/bin/env node\n${code}`);
  await Promise.all(Object.values(imports).map((name) => bringAlong(name, join(dist, name))));

  await copyFile(join(root, "LICENSE"), join(outdir, "LICENSE"));
  await copyFile(join(folder, "README.md"), join(outdir, "README.md"));
  const published = {
    name: manifest.name,
    description: manifest.description,
    ...commonFields(version),
    type: "module",
    bin: { gatehouse: `dist/${outputPath(program)}` },
    exports: {
      ...Object.fromEntries(
        sources.map(({ path, file }) => {
          const output = `./dist/${outputPath(file)}`;
          return [path, { types: output.replace(/\.js$/, ".d.ts"), default: output }];
        }),
      ),
      "./package.json": "./package.json",
    },
    imports: Object.fromEntries(
      Object.entries(imports).map(([name, brought]) => [name, `./dist/${brought}/index.mjs`]),
    ),
    files: ["dist"],
    engines: manifest.engines,
    dependencies: Object.fromEntries(
      Object.entries(dependencies).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
  await writeFile(join(outdir, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
}

/** Somebody else's package as one file, and beside it what its authors ask to be passed on. */
async function bringAlong(name: string, outdir: string): Promise<void> {
  const { folder } = workspacePackage("@sst-gatehouse/local");
  const entry = createRequire(join(folder, "package.json")).resolve(name);
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: join(outdir, "index.mjs"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    external: ["*.node"],
    legalComments: "inline",
    logLevel: "silent",
  });
  const from = folderOf(entry);
  const notices = (await readdir(from)).filter((file) =>
    /^(licen[cs]e|notice|third-party-licenses)/i.test(file),
  );
  await Promise.all(notices.map((file) => copyFile(join(from, file), join(outdir, file))));
}
