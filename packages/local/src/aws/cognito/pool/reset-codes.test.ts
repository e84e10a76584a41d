import { expect, test } from "vitest";

import { createClock } from "../../clock.ts";
import { createResetCodes } from "./reset-codes.ts";

const sub = "11111111-1111-1111-1111-111111111111";

test("a code is six digits, and belongs to a name in any case", () => {
  const codes = createResetCodes(createClock());
  const code = codes.issue("Alice", sub) ?? "";
  expect(code).toMatch(/^\d{6}$/);
  expect(codes.redeem("ALICE", sub, code)).toBe("redeemed");
  expect(codes.redeem("alice", sub, code)).toBe("expired");
});

test("a code is nobody else's: not another name's, not another user's of that name", () => {
  const codes = createResetCodes(createClock());
  const code = codes.issue("alice", sub) ?? "";
  expect(codes.redeem("ada", sub, code)).toBe("expired");
  expect(codes.redeem("alice", "another", code)).toBe("wrong");
  expect(codes.redeem("alice", undefined, code)).toBe("wrong");
  expect(codes.redeem("alice", sub, code)).toBe("redeemed");
});

test("a code made for nobody is taken from nobody", () => {
  const codes = createResetCodes(createClock());
  const code = codes.issue("nobody", undefined) ?? "";
  expect(codes.redeem("nobody", undefined, code)).toBe("wrong");
  expect(codes.redeem("nobody", sub, code)).toBe("wrong");
});

test("the sixth code within an hour and the sixth try at a code are refused", () => {
  const clock = createClock();
  const codes = createResetCodes(clock);
  let code = "";
  for (let count = 0; count < 5; count += 1) code = codes.issue("alice", sub) ?? "";
  expect(codes.issue("alice", sub)).toBeUndefined();
  for (let tries = 0; tries < 5; tries += 1)
    expect(codes.redeem("alice", sub, "not it")).toBe("wrong");
  expect(codes.redeem("alice", sub, code)).toBe("too many tries");
  clock.advance(3600);
  expect(codes.issue("alice", sub)).toMatch(/^\d{6}$/);
});

test("a code that was used still counts for the hour's limit", () => {
  const codes = createResetCodes(createClock());
  for (let count = 0; count < 5; count += 1) {
    const code = codes.issue("alice", sub) ?? "";
    expect(codes.redeem("alice", sub, code)).toBe("redeemed");
  }
  expect(codes.issue("alice", sub)).toBeUndefined();
});

test("only so many names are remembered, the latest", () => {
  const codes = createResetCodes(createClock());
  const first = codes.issue("first", sub) ?? "";
  for (let count = 0; count < 10_000; count += 1) codes.issue(`name${count}`, undefined);
  expect(codes.redeem("first", sub, first)).toBe("expired");
  expect(codes.redeem("name0", undefined, "000000")).toBe("wrong");
});
