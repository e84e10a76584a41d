import { expect, test } from "vitest";

import { createClock } from "./clock.ts";

test("runs with the machine, ahead by what it was moved", () => {
  let machine = 1_000;
  const clock = createClock(() => machine);
  clock.advance(1.5);
  clock.advance(60);
  machine += 5;
  expect({ now: clock.now(), offsetMs: clock.offsetMs }).toEqual({ now: 62_505, offsetMs: 61_500 });
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
  "is not moved by %d seconds",
  (seconds) => {
    const clock = createClock();
    expect(() => clock.advance(seconds)).toThrow("the clock moves forward only");
    expect(clock.offsetMs).toBe(0);
  },
);
