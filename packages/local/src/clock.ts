/** The one clock of the stack. Children follow it: each invocation tells them the offset. */
export interface Clock {
  /** Milliseconds since the epoch, as the stack sees them. */
  now(): number;
  /** How far the stack is ahead of this machine, in milliseconds. */
  readonly offsetMs: number;
  /** Moves time forward for everything in the stack. @throws {TypeError} unless `seconds` is a finite number ≥ 0. */
  advance(seconds: number): void;
}

export function createClock(machineNow: () => number = Date.now): Clock {
  let offsetMs = 0;
  return {
    now: () => machineNow() + offsetMs,
    get offsetMs() {
      return offsetMs;
    },
    advance(seconds) {
      if (!Number.isFinite(seconds) || seconds < 0) {
        throw new TypeError(
          "the clock moves forward only: give a number of seconds that is not negative",
        );
      }
      offsetMs += Math.round(seconds * 1000);
    },
  };
}
