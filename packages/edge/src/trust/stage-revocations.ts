import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import {
  openRevocations as open,
  type OpenRevocationsOptions,
} from "@sst-gatehouse/revocations/open-revocations";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";

/**
 * The stage's list of ended sign-ins, read when somebody has to be looked up. Built into a file of its own,
 * `stage-revocations.cjs`, which brings `node:https`: a guard that asks for no list loads neither.
 */
export function openRevocations(
  { region, prefix }: GuardSettings,
  { whenUnknown }: Extract<GuardSettings["revocation"], { mode: "on" }>,
  deps: Pick<OpenRevocationsOptions, "sign" | "now" | "log">,
): RequireValid {
  return open({ region, name: `${prefix}/${parameterNames.revoked}`, whenUnknown, ...deps });
}
