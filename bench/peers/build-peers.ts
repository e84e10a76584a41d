import { join } from "node:path";

import { build } from "esbuild";

/** Edge functions around other people's libraries, as `handlers/` has them. */
export const peerNames = [
  "aws-jwt-verify + @smithy/signature-v4",
  "aws-jwt-verify + aws4",
  "fast-jwt + aws4",
  "jsonwebtoken + aws4",
  "jose + aws4fetch",
] as const;
export type PeerPair = (typeof peerNames)[number];

function fileOf(name: PeerPair): string {
  return name.replaceAll(/[^\w-]+/g, "-");
}

/** Where a peer's bundle is. @param directory with those that were built. */
export function bundleOf(directory: string, name: PeerPair): string {
  return join(directory, `${fileOf(name)}.cjs`);
}

/** Builds the peers as the guard is built; `settings.json` has to be put beside them. */
export async function buildPeers(outdir: string): Promise<void> {
  await build({
    entryPoints: peerNames.map((name) =>
      join(import.meta.dirname, "handlers", `${fileOf(name)}.ts`),
    ),
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    external: ["./settings.json"],
    // Smithy's library is core's.
    nodePaths: [join(import.meta.dirname, "../../packages/core/node_modules")],
    logLevel: "silent",
  });
}
