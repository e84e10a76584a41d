import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

import { packageOf, root, workspace } from "./workspace.ts";

export interface DeclarationOptions {
  /** Source files by the name of their entry. */
  readonly entries: Readonly<Record<string, string>>;
  /** Gets `<entry>.d.ts`, and beside them what entries share. */
  readonly outdir: string;
  /** Packages of other people whose types are copied in, so that nobody has to install them. */
  readonly inlined?: readonly string[];
}

/**
 * Writes the declarations of a package's entries. What they name of our workspace is copied in; what they name of other
 * people's packages stays an import.
 *
 * @returns the files that they were made of.
 */
export async function writeDeclarations({
  entries,
  outdir,
  inlined = [],
}: DeclarationOptions): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: entries,
    cwd: root,
    checks: { pluginTimings: false },
    external: (id) =>
      !/^[./]|^[A-Z]:/.test(id) &&
      !workspace.has(packageOf(id)) &&
      !inlined.includes(packageOf(id)),
    plugins: [
      dts({
        dtsOnly: true,
        tsconfig: join(import.meta.dirname, "tsconfig.json"),
        tsc: { eager: true },
      }),
    ],
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  await mkdir(outdir, { recursive: true });
  const chunks = output.filter((part) => part.type === "chunk");
  await Promise.all(chunks.map(({ fileName, code }) => writeFile(join(outdir, fileName), code)));
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}
