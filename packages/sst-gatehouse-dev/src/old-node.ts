/** The oldest Node.js that runs this; a test holds it to `engines` of the package. */
const oldestNode = "22.18";

/**
 * Why a Node.js cannot run this, and what to do.
 *
 * @param version such as `22.18.0`.
 * @returns undefined for one that can.
 */
export function oldNode(version: string): string | undefined {
  const [[major = 0, minor = 0] = [], [ofMajor = 0, ofMinor = 0] = []] = [version, oldestNode].map(
    (each) => each.split(".").map(Number),
  );
  return major > ofMajor || (major === ofMajor && minor >= ofMinor)
    ? undefined
    : `This is Node.js ${version}, and gatehouse needs ${oldestNode} or newer: install it, and run this again.`;
}
