import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

/** Where the app finds the script, as text. */
export const pageScriptFile = join(import.meta.dirname, "src/page/script.ts");

/**
 * A module that exports what the home page runs in the browser, as text.
 *
 * It is kept with the sources because the backend has three bundlers (this package's, SST's and the tests'), and a plain
 * module is the one form that all of them take without being told.
 */
export async function pageScriptModule(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "src/page/browser/start.ts")],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    charset: "utf8",
    write: false,
    logLevel: "silent",
  });
  const [script, ...others] = outputFiles;
  if (script === undefined || others.length > 0) throw new TypeError("the script is one file");
  const text = script.text.replaceAll(/[\\`]|\$(?=\{)/g, "\\$&");
  return `// Made from browser/start.ts by \`pnpm build\`: edit that one.\n\n/** What the home page runs in the browser. */\nexport const pageScript = \`${text}\`;\n`;
}

/** Writes {@link pageScriptFile} when it is out of date. */
export async function updatePageScript(): Promise<void> {
  const [module, written] = await Promise.all([
    pageScriptModule(),
    readFile(pageScriptFile, "utf8").catch(() => ""),
  ]);
  if (module !== written) await writeFile(pageScriptFile, module);
}
