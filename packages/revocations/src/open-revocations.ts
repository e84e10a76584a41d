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

/** A stage's list of ended sign-ins, read from its parameters when somebody has to be looked up. */
export function openRevocations({
  whenUnknown,
  now,
  log,
  ...source
}: OpenRevocationsOptions): RequireValid {
  return createRequireValid(
    createRevocations(whenUnknown, {
      read: () => readRevocations(source),
      now,
      log,
      random: Math.random,
    }),
  );
}
