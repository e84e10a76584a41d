/** Stands in for modules of Node that the SDK loads for what the guard has no use for. */

/** For a developer's profiles. The SDK takes what cannot be read for no profile. */
export async function readFile(): Promise<never> {
  throw new Error("the guard has no profiles");
}

/** For streams of events. The SDK has one of its own, too. */
export const crc32 = undefined;
