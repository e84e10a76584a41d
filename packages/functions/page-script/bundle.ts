import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

/**
 * The home page's script, as text in a module.
 *
 * It is committed, although it is made from `src/page/browser/`, because it must be there for SST's bundler, which takes
 * no plugin of ours and runs on a fresh clone before anything of ours was built, and for Node and the compiler, which
 * know no text files. A plain module is the one form that all of them take.
 */
export const pageScriptFile = join(import.meta.dirname, "page-script.ts");

/** What the home page runs in the browser. */
export async function bundlePageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../src/page/browser/start.ts")],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    charset: "utf8",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  const [script, ...others] = outputFiles;
  if (script === undefined || others.length > 0) throw new TypeError("the script is one file");
  return script.text;
}

/** What {@link pageScriptFile} should say. */
export async function pageScriptModule(): Promise<string> {
  const text = JSON.stringify(await bundlePageScript());
  return `// Made from src/page/browser/start.ts by \`pnpm build\`. Do not edit.\n// oxfmt-ignore\nexport const pageScript: string = ${text};\n`;
}

/** Writes {@link pageScriptFile} when it is out of date. */
export async function updatePageScript(): Promise<void> {
  const [module, written] = await Promise.all([
    pageScriptModule(),
    readFile(pageScriptFile, "utf8").catch(() => ""),
  ]);
  if (module !== written) await writeFile(pageScriptFile, module);
}

if (import.meta.main) await updatePageScript();
