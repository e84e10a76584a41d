import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";

import {
  type BuildResult,
  commonJsInEsm,
  loadEsbuild,
  messagesOf,
  type Plugin,
} from "./esbuild.ts";

export interface Bundle {
  /** TypeScript that imports `sst.config.ts`. */
  readonly code: string;
  readonly outfile: string;
  /** Replaces names by JSON. */
  readonly define: Readonly<Record<string, unknown>>;
  /** Written before everything else. */
  readonly banner?: string;
  /** Modules whose exports count as global. */
  readonly inject?: readonly string[];
  /** Written at the top of every file but the platform's own. */
  readonly imports?: string;
  /** An ES module when absent. */
  readonly format?: "cjs" | "esm";
}

/** What the platform loads when it runs, in its own copies. */
const external = [
  "@pulumi/*",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "undici",
  "esbuild",
  "archiver",
  "glob",
  "vite",
];

/**
 * Bundles a program around `sst.config.ts`, as SST's CLI does.
 *
 * @throws {Error} (rejects) with the places that do not fit.
 */
export async function bundleConfig(
  project: string,
  { code, outfile, define, banner = "", inject = [], imports, format = "esm" }: Bundle,
): Promise<void> {
  const platform = join(project, ".sst/platform");
  const build = (plugins: readonly Plugin[]): Promise<BuildResult> =>
    loadEsbuild(platform).build({
      stdin: { contents: code, resolveDir: project, sourcefile: "eval.ts", loader: "ts" },
      absWorkingDir: project,
      outfile,
      define: Object.fromEntries(
        Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)]),
      ),
      inject,
      plugins,
      metafile: true,
      external,
      bundle: true,
      format,
      platform: "node",
      target: "es2023",
      mainFields: ["module", "main"],
      nodePaths: [join(platform, "node_modules")],
      banner: { js: `${format === "esm" ? commonJsInEsm : ""}${banner}` },
      logLevel: "silent",
    });
  try {
    if (imports !== undefined) await build([withImports(imports, platform)]);
    // To ask at each import takes as long as the build.
    else if (!(await build([]).then(importsInside, () => false))) await build([nothingAtTheTop]);
  } catch (error) {
    const messages = messagesOf(error);
    if (messages === undefined) throw error;
    const lines = messages.map((message) => `\n   - ${message}`);
    throw new Error(`Failed to build sst.config.ts${lines.join("")}`, { cause: error });
  }
}

/** The names that a module exports. */
export async function exportsOf(platform: string, file: string): Promise<readonly string[]> {
  const { metafile } = await loadEsbuild(platform).build({
    entryPoints: [file],
    format: "esm",
    metafile: true,
    write: false,
  });
  return Object.values(metafile?.outputs ?? {}).flatMap(({ exports }) => exports);
}

/** Whether `sst.config.ts` imports inside of functions only. The bundler's own imports, such as `<runtime>`, do not count. */
function importsInside({ metafile }: BuildResult): boolean {
  return Object.entries(metafile?.inputs ?? {})
    .filter(([file]) => basename(file) === "sst.config.ts")
    .flatMap(([, { imports }]) => imports)
    .every(({ path, kind }) => path.startsWith("<") || kind !== "import-statement");
}

/** SST's CLI refuses a config that imports at its top: `app()` runs before there is anything to import. */
const nothingAtTheTop: Plugin = {
  name: "nothing at the top",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ importer, kind }) =>
      basename(importer) === "sst.config.ts" && kind === "import-statement"
        ? { errors: [{ text: "sst.config.ts may import inside app() and run() only" }] }
        : undefined,
    );
  },
};

function withImports(imports: string, platform: string): Plugin {
  return {
    name: "imports",
    setup(build) {
      build.onLoad({ filter: /\.(?:js|ts|jsx|tsx)$/ }, ({ path }) =>
        path.startsWith(`${platform}/`) || path.includes("/.sst/platform/")
          ? undefined
          : {
              contents: `${imports}\n${readFileSync(path, "utf8")}`,
              loader: extname(path).slice(1),
            },
      );
    },
  };
}
