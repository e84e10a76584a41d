import { randomInt } from "node:crypto";

import type { Clock } from "../../clock.ts";
import { sameSecret } from "./client-secret.ts";

export type ResetCodeCheck = "redeemed" | "wrong" | "expired" | "too many tries";

/**
 * The six digits in a password reset mail: one use, one hour, few tries.
 *
 * Kept by name rather than by user, and also for names without a user: limits and answers are then the same for both.
 */
export interface ResetCodes {
  /**
   * A new code, which ends an earlier one.
   *
   * @param sub of the user it is for; without one, no code is ever accepted.
   * @returns `undefined` when there were too many within the hour.
   */
  issue(username: string, sub: string | undefined): string | undefined;
  /** `expired` also when no code was asked for, or it has been used. */
  redeem(username: string, sub: string | undefined, code: string): ResetCodeCheck;
}

interface Asked {
  readonly issuedAtMs: readonly number[];
  readonly current: { readonly code: string; readonly sub: string | undefined } | undefined;
  readonly wrongTries: number;
}

const hourMs = 3600 * 1000;
/** Cognito says 5 to 20 an hour. Together: 25 guesses an hour at a million codes. */
const maxCodesAnHour = 5;
const maxWrongTries = 5;
/** More than any test makes at once; the oldest go first, so a loop over names cannot fill the memory. */
const maxNames = 10_000;

export function createResetCodes(clock: Clock): ResetCodes {
  const byName = new Map<string, Asked>();
  const isOver = (issuedAtMs: number) => clock.now() >= issuedAtMs + hourMs;

  return {
    issue(username, sub) {
      const name = username.toLowerCase();
      const recent = (byName.get(name)?.issuedAtMs ?? []).filter((time) => !isOver(time));
      if (recent.length >= maxCodesAnHour) return undefined;
      const code = String(randomInt(1_000_000)).padStart(6, "0");
      // Removed first, so that the order of the map is the order of asking.
      byName.delete(name);
      byName.set(name, {
        issuedAtMs: [...recent, clock.now()],
        current: { code, sub },
        wrongTries: 0,
      });
      for (const oldest of byName.keys()) {
        if (byName.size <= maxNames) break;
        byName.delete(oldest);
      }
      return code;
    },
    redeem(username, sub, code) {
      const name = username.toLowerCase();
      const asked = byName.get(name);
      if (!asked?.current || isOver(asked.issuedAtMs.at(-1) ?? 0)) return "expired";
      if (asked.wrongTries >= maxWrongTries) return "too many tries";
      const matches = sameSecret(code, asked.current.code);
      if (!matches || sub === undefined || sub !== asked.current.sub) {
        byName.set(name, { ...asked, wrongTries: asked.wrongTries + 1 });
        return "wrong";
      }
      byName.set(name, { ...asked, current: undefined });
      return "redeemed";
    },
  };
}
