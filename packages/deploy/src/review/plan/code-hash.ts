import { createHash } from "node:crypto";

/**
 * One hash for the guard's code, whatever the stage: of the lines that `sha256sum *.cjs` prints in the guard's directory,
 * its settings, rules and keys left out.
 *
 * @param digests SHA-256 of each file beside `lambda.cjs`, in hex, by the file's name.
 * @returns SHA-256 in hex.
 */
export function codeHash(digests: Readonly<Record<string, string>>): string {
  const lines = Object.entries(digests)
    .filter(([file]) => !file.endsWith(".json"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, digest]) => `${digest}  ${file}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
