import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import { isBaked } from "./baked-client-ids.ts";
import { readRevocations, type RevocationsSource } from "./read-revocations.ts";
import { createRevocations, type Revocations, type RevocationsDeps } from "./revocations.ts";

export interface StageRevocationsDeps
  extends Pick<RevocationsSource, "sign">, Pick<RevocationsDeps, "now" | "log"> {}

/**
 * The list of a stage that has one, read from its parameter. Built into a file of its own, `stage-revocations.cjs`, which
 * brings `node:https`: a guard without a list loads neither.
 *
 * The first read starts at once, while the guard's module loads; unless client ids or keys are not baked, because the one
 * call that brings them brings the list as well.
 */
export function openRevocations(
  settings: GuardSettings,
  revocation: Extract<GuardSettings["revocation"], { mode: "on" }>,
  { sign, now, log }: StageRevocationsDeps,
): Revocations {
  const { region, prefix } = settings;
  const name = `${prefix}/${parameterNames.revoked}`;
  const revocations = createRevocations(revocation, {
    read: () => readRevocations({ region, name, sign }),
    now,
    log,
    random: Math.random,
  });
  if (isBaked(settings)) revocations.ready()?.catch(() => undefined); // logged where it failed
  return revocations;
}
