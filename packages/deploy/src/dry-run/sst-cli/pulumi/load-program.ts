import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Program } from "../../engine/rehearse.ts";

/** What the CLI's bundler calls the object that it puts in the place of `$app`. */
const appVariable = "define_app_default";

/**
 * Loads the program that the SST CLI has bundled, and lets it tell what `app()` returned: nothing else that the CLI hands
 * over has all of it.
 *
 * @param directory holds the `Pulumi.yaml` that names the program.
 */
export async function loadProgram(directory: string): Promise<Program> {
  const project = await readFile(join(directory, "Pulumi.yaml"), "utf8");
  const [, file] = /^main: (.+)$/m.exec(project) ?? [];
  if (file === undefined) throw new TypeError("Pulumi.yaml names no program");
  await appendFile(file, `\nexport { ${appVariable} as app };\n`);
  return import(pathToFileURL(file).href);
}
