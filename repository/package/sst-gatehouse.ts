import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { buildEdge } from "@sst-gatehouse/edge/build";
import { build } from "esbuild";

import { writeDeclarations } from "./declarations.ts";
import { thirdPartyNotices } from "./third-party.ts";
import { commonFields, root, workspacePackage } from "./workspace.ts";

/** A Hono app comes with its own Hono. What else stands behind `protect()` needs none to be installed, and gets ours inside. */
const besideHono = (entry: string): boolean => entry === "hono";

/**
 * Lays out the package `sst-gatehouse`: each entry as one file in `dist/`, with its declarations, and the guard as it is
 * deployed in `guard/`.
 *
 * `sst.js` is bundled once more by SST, which puts its globals in front of every file that ends in `.js` and has no
 * `.sst` in its path.
 */
export async function layOutGatehouse(outdir: string, version: string): Promise<void> {
  const { folder, manifest } = workspacePackage("sst-gatehouse");
  const dist = join(outdir, "dist");
  const guard = join(outdir, "guard");
  const sources = Object.entries(manifest.exports ?? {})
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([path, file]) => ({ path, file, entry: file.replace(/^.*\/|\.ts$/g, "") }));

  await mkdir(guard, { recursive: true });
  const [{ inputs }, ...bundled] = await Promise.all([
    buildEdge(guard),
    // Apart from one another, so that nobody's types want a Hono that is not installed.
    ...[true, false].map((beside) =>
      writeDeclarations({
        entries: Object.fromEntries(
          sources
            .filter(({ entry }) => besideHono(entry) === beside)
            .map(({ entry, file }) => [entry, join(folder, file)]),
        ),
        outdir: dist,
        inlined: ["aws-lambda"],
      }),
    ),
    ...sources.map(async ({ entry, file }) => {
      const { metafile } = await build({
        entryPoints: [join(folder, file)],
        outfile: join(dist, `${entry}.js`),
        absWorkingDir: root,
        bundle: true,
        platform: "node",
        target: "node20",
        format: "esm",
        mainFields: ["module", "main"],
        external: ["@pulumi/*", ...(besideHono(entry) ? ["hono", "hono/*"] : [])],
        legalComments: "none",
        logLevel: "silent",
        metafile: true,
      });
      return Object.keys(metafile.inputs);
    }),
  ]);

  await Promise.all([
    copyFile(join(root, "LICENSE"), join(outdir, "LICENSE")),
    copyFile(join(folder, "README.md"), join(outdir, "README.md")),
    writeFile(
      join(outdir, "THIRD-PARTY-LICENSES"),
      thirdPartyNotices([...inputs, ...bundled.flat()]),
    ),
    writeFile(
      join(outdir, "package.json"),
      `${JSON.stringify(
        {
          name: manifest.name,
          description: manifest.description,
          ...commonFields(version),
          type: "module",
          sideEffects: false,
          exports: {
            ...Object.fromEntries(
              sources.map(({ path, entry }) => [
                path,
                { types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` },
              ]),
            ),
            "./package.json": "./package.json",
          },
          files: ["dist", "guard", "THIRD-PARTY-LICENSES"],
          engines: { node: ">=20" },
          peerDependencies: { hono: "^4", sst: "^3.19.0 || ^4" },
          peerDependenciesMeta: { hono: { optional: true } },
        },
        null,
        2,
      )}\n`,
    ),
  ]);
}
