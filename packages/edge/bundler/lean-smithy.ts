import { join } from "node:path";

import type { Plugin } from "esbuild";

const standIn = join(import.meta.dirname, "../src/smithy-serde.ts");

/** The modules of @smithy/signature-v4 that the signer uses. */
const signing =
  /[\\/]@smithy[\\/]signature-v4[\\/]dist-es[\\/](?:SignatureV4Base|credentialDerivation|getCanonicalQuery)\.js$/;

/** Gives the signing modules a small `@smithy/core/serde`; the real one loads base64, blobs and UUIDs with every cold start. */
export const leanSmithy: Plugin = {
  name: "lean-smithy",
  setup(bundler) {
    bundler.onResolve({ filter: /^@smithy\/core\/serde$/ }, ({ importer }) =>
      signing.test(importer) ? { path: standIn } : undefined,
    );
  },
};
