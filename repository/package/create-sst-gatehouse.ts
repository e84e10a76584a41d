import { copyFile, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { commonFields, readManifest, root, workspace, workspacePackage } from "./workspace.ts";

/** Lays out the package `create-sst-gatehouse`: one file that runs, and the templates. */
export async function layOutCreator(outdir: string, version: string): Promise<void> {
  const { folder, manifest } = workspacePackage("create-sst-gatehouse");
  await mkdir(join(outdir, "dist"));
  await build({
    entryPoints: [join(folder, "src/main.ts")],
    outfile: join(outdir, "dist/main.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "silent",
  });
  const templates = join(outdir, "templates");
  await cp(join(folder, "templates"), templates, { recursive: true });
  for (const template of await readdir(templates)) {
    const file = join(templates, template, "package.json");
    const app = JSON.parse(await readFile(file, "utf8"));
    for (const group of ["dependencies", "devDependencies"])
      app[group] = Object.fromEntries(
        Object.keys(app[group]).map((name) => [
          name,
          `^${name.startsWith("sst-gatehouse") ? version : versionHere(name)}`,
        ]),
      );
    await writeFile(file, `${JSON.stringify(app, null, 2)}\n`);
  }
  await copyFile(join(root, "LICENSE"), join(outdir, "LICENSE"));
  await copyFile(join(folder, "README.md"), join(outdir, "README.md"));
  const published = {
    name: manifest.name,
    description: manifest.description,
    ...commonFields(version),
    type: "module",
    bin: { "create-sst-gatehouse": "dist/main.js" },
    files: ["dist", "templates"],
    engines: { node: ">=20.11" },
  };
  await writeFile(join(outdir, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
}

/**
 * The version that this repository tests a package in; a template's own `package.json` says none.
 *
 * @throws {Error} for a package that nothing here depends on.
 */
function versionHere(name: string): string {
  const manifests = [
    readManifest(root),
    ...[...workspace.values()].map(({ manifest }) => manifest),
  ];
  const version = manifests
    .map(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies })[name])
    .find((found) => found !== undefined);
  if (version === undefined) throw new Error(`a template wants ${name}, which is tested nowhere`);
  return version;
}
