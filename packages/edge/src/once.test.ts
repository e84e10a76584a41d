import { expect, test } from "vitest";

import { once, settled } from "./once.ts";

test("computes when it is first asked, and keeps what it has", () => {
  let computed = 0;
  const value = once(() => ({ computed: (computed += 1) }));
  expect(computed).toBe(0);
  expect(value()).toEqual({ computed: 1 });
  expect(value()).toBe(value());
  expect(computed).toBe(1);
});

test("tries again after a computation that throws", () => {
  let tries = 0;
  const value = once(() => {
    tries += 1;
    if (tries === 1) throw new RangeError("not yet");
    return [tries];
  });
  expect(value).toThrow("not yet");
  expect(value()).toEqual([2]);
});

test("computes once for good where that is asked for, and throws the same again", () => {
  let tries = 0;
  const value = settled<string>(() => {
    tries += 1;
    throw new RangeError("never");
  });
  const thrown = [1, 2].map(() => {
    try {
      return value();
    } catch (error) {
      return error;
    }
  });
  expect(thrown[0]).toEqual(new RangeError("never"));
  expect(thrown[1]).toBe(thrown[0]);
  expect(tries).toBe(1);
  expect(settled(() => "here")()).toBe("here");
});
