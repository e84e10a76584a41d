/**
 * A text without the paths of this machine: those below the roots become relative.
 *
 * @param roots absolute, each before those that it lies in.
 */
export function withRelativePaths(text: string, roots: readonly string[]): string {
  return roots.reduce(
    (rest, root) => (rest === root ? "." : rest.replaceAll(`${root}/`, "")),
    text,
  );
}
