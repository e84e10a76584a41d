import { createRequire, syncBuiltinESMExports } from "node:module";

/**
 * Takes the chance out of `crypto.randomBytes` for this process: SST ends physical names in eight random letters, and
 * graphs have to be comparable.
 */
export function makeNamesStable(): void {
  const crypto: { randomBytes: (size: number) => Buffer } = createRequire(import.meta.url)(
    "node:crypto",
  );
  crypto.randomBytes = (size) =>
    Buffer.from(Array.from({ length: size }, (_, index) => (index * 17) & 255));
  syncBuiltinESMExports();
}
