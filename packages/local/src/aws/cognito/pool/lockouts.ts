import type { Clock } from "../../clock.ts";

/** Who has sent wrong passwords lately, and may not try for a while. Names that nobody has are treated alike. */
export interface Lockouts {
  /** Whether this attempt counts for nothing, right or wrong. */
  isLocked(username: string): boolean;
  failed(username: string): void;
  succeeded(username: string): void;
}

const freeAttempts = 5;
const longestSeconds = 15 * 60;

/**
 * After five wrong passwords a user is locked out for a second, after each further one for twice as long, up to 15 minutes.
 * A right password afterwards ends it, and so do 15 minutes without any attempt.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
 */
export function createLockouts(clock: Clock): Lockouts {
  const failures = new Map<
    string,
    { count: number; lockedUntilMs: number; attemptedAtMs: number }
  >();
  return {
    isLocked(username) {
      const known = failures.get(username);
      if (known === undefined) return false;
      const nowMs = clock.now();
      const idle = nowMs - known.attemptedAtMs >= longestSeconds * 1000;
      if (known.count >= freeAttempts && idle) {
        failures.delete(username);
        return false;
      }
      known.attemptedAtMs = nowMs;
      return nowMs < known.lockedUntilMs;
    },
    failed(username) {
      const count = (failures.get(username)?.count ?? 0) + 1;
      const seconds =
        count < freeAttempts ? 0 : Math.min(2 ** (count - freeAttempts), longestSeconds);
      const nowMs = clock.now();
      failures.set(username, {
        count,
        lockedUntilMs: nowMs + seconds * 1000,
        attemptedAtMs: nowMs,
      });
    },
    succeeded(username) {
      failures.delete(username);
    },
  };
}
