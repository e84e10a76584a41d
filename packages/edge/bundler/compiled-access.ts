import { join } from "node:path";

import { build, type Plugin } from "esbuild";

const accessFile = join(import.meta.dirname, "../../../access.ts");

/**
 * Puts the finished access rules into the bundle in place of `access.ts`: they are read and checked while it is built,
 * so a mistake in them stops the build, and no cold start reads them again.
 */
export const compiledAccess: Plugin = {
  name: "compiled-access",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]access\.ts$/ }, async ({ path }) => {
      if (path !== accessFile) return undefined;
      const { outputFiles, metafile } = await build({
        entryPoints: [path],
        bundle: true,
        platform: "node",
        format: "esm",
        write: false,
        metafile: true,
        logLevel: "silent",
        absWorkingDir: import.meta.dirname,
      });
      const code = outputFiles[0]?.contents ?? new Uint8Array(0);
      const compiled: { access: unknown } = await import(
        `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
      );
      return {
        contents: `export const access = ${JSON.stringify(compiled.access)};`,
        loader: "js",
        watchFiles: Object.keys(metafile.inputs).map((file) => join(import.meta.dirname, file)),
      };
    });
  },
};
