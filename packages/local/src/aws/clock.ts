/** The one clock of the stack. Children follow it: each invocation tells them the offset. */
export interface Clock {
  /** Milliseconds since the epoch, as the stack sees them. */
  now(): number;
  /** How far the stack is ahead of this machine, in milliseconds. */
  readonly offsetMs: number;
  /** Moves time forward for everything in the stack. @throws {TypeError} unless `seconds` is from 0 to a hundred years. */
  advance(seconds: number): void;
}

/** A hundred years: later dates would not fit where AWS writes them with four digits. */
export const maxAdvanceSeconds = 100 * 365 * 24 * 60 * 60;

export function createClock(machineNow: () => number = Date.now): Clock {
  let offsetMs = 0;
  return {
    now: () => machineNow() + offsetMs,
    get offsetMs() {
      return offsetMs;
    },
    advance(seconds) {
      if (!(seconds >= 0 && seconds <= maxAdvanceSeconds)) {
        throw new TypeError("the clock moves forward only, by 0 seconds to a hundred years");
      }
      offsetMs += Math.round(seconds * 1000);
    },
  };
}
