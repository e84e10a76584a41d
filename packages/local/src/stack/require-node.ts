/**
 * The functions run without the rights that Lambda does not give them, which a Node before 22 cannot do.
 *
 * @throws {Error} that says which Node this is, and which is needed.
 */
export function requireNode({
  allowedNodeEnvironmentFlags: flags,
  versions,
}: Pick<NodeJS.Process, "allowedNodeEnvironmentFlags" | "versions">): void {
  if (flags.has("--permission")) return;
  throw new Error(
    `Node ${versions.node} is too old to run the functions as Lambda does: use Node 22.18 or newer`,
  );
}
