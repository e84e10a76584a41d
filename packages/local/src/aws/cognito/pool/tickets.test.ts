import { expect, test } from "vitest";

import { createClock } from "../../clock.ts";
import { createTickets } from "./tickets.ts";

test("a ticket is found until it is used or its time is over, and its end is remembered", () => {
  const clock = createClock();
  const tickets = createTickets<string>(60, clock);
  const [used, late] = [tickets.issue("a"), tickets.issue("b")];
  expect([tickets.find(used), tickets.find(late)]).toEqual(["a", "b"]);
  expect(tickets.redeem(used)).toEqual({ kind: "redeemed", value: "a" });
  expect([tickets.find(used), tickets.redeem(used)]).toEqual([
    undefined,
    { kind: "refused", why: "used" },
  ]);
  clock.advance(60);
  expect([tickets.find(late), tickets.redeem(late)]).toEqual([
    undefined,
    { kind: "refused", why: "expired" },
  ]);
  expect(tickets.redeem(used)).toEqual({ kind: "refused", why: "used" });
  expect(tickets.redeem("never")).toEqual({ kind: "refused", why: "unknown" });
});

test("the oldest of more than ten thousand is forgotten, used or not", () => {
  const tickets = createTickets<number>(60, createClock());
  const names = Array.from({ length: 10_001 }, (_, index) => tickets.issue(index));
  expect(names.slice(0, 2).map((name) => tickets.redeem(name))).toEqual([
    { kind: "refused", why: "unknown" },
    { kind: "redeemed", value: 1 },
  ]);
});
