import { readRevocations, type RevocationsSource } from "./read-revocations.ts";
import {
  createRequireValid,
  createRevocations,
  type RequireValid,
  type RevocationsDeps,
} from "./revocations.ts";

export interface OpenRevocationsOptions
  extends RevocationsSource, Pick<RevocationsDeps, "now" | "log"> {
  /** What it means when the list cannot be read. */
  readonly whenUnknown: "allow" | "refuse";
}

/** A stage's list of ended sign-ins, read from its parameters. The first read starts at once. */
export function openRevocations({
  whenUnknown,
  now,
  log,
  ...source
}: OpenRevocationsOptions): RequireValid {
  const revocations = createRevocations(whenUnknown, {
    read: () => readRevocations(source),
    now,
    log,
    random: Math.random,
  });
  revocations.start();
  return createRequireValid(revocations);
}
