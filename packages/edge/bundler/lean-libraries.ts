import { join } from "node:path";

import type { Plugin } from "esbuild";

interface StandIn {
  /** How the library's own modules import the one that is replaced. */
  readonly imported: RegExp;
  readonly importer: RegExp;
  /** Below `replacements`. */
  readonly file: string;
}

/** What of the libraries would load with every cold start, or run with every token, and is not needed. */
const standIns: readonly StandIn[] = [
  {
    imported: /^@smithy\/core\/serde$/,
    importer:
      /[\\/]@smithy[\\/]signature-v4[\\/]dist-es[\\/](?:SignatureV4Base|credentialDerivation|getCanonicalQuery)\.js$/,
    file: "smithy-serde.ts",
  },
  {
    imported: /^#node-web-compat$/,
    importer: /[\\/]aws-jwt-verify[\\/]dist[\\/]esm[\\/]/,
    file: "jwt-platform.ts",
  },
  {
    imported: /^\.\/safe-json-parse\.js$/,
    importer: /[\\/]aws-jwt-verify[\\/]dist[\\/]esm[\\/]/,
    file: "jwt-json.ts",
  },
];

/** Puts small modules of our own in the place of some modules inside the libraries; each says why. */
export const leanLibraries: Plugin = {
  name: "lean-libraries",
  setup(bundler) {
    // Nothing on the way of a request is imported dynamically; left in, these would wrap what they can reach in initialisers.
    bundler.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
    for (const { imported, importer: from, file } of standIns) {
      bundler.onResolve({ filter: imported }, ({ importer }) =>
        from.test(importer) ? { path: join(import.meta.dirname, "replacements", file) } : undefined,
      );
    }
  },
};
