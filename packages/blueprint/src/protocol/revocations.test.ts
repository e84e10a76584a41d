import { describe, expect, test } from "vitest";

import {
  addRevocation,
  isRevoked,
  mergeRevocations,
  noRevocations,
  parseRevocations,
  revocationsText,
  type Revocations,
} from "./revocations.ts";

const now = 1_800_000_000;
const month = 30 * 24 * 60 * 60;
const ada = "8b99d25a-9041-70c3-4d2b-111111111111";
const bob = "8b99d25a-9041-70c3-4d2b-222222222222";

const parse = (text: string) => parseRevocations(text, now);
const none = parse(noRevocations);

/** As many users as fit, each revoked a second after the one before. */
function full(): Revocations {
  let list = none;
  for (let count = 0; ; count += 1) {
    const sub = `00000000-0000-0000-0000-${String(count).padStart(12, "0")}`;
    const next = { ...list, users: new Map([...list.users, [sub, now - 200 + count]]) };
    try {
      revocationsText(next);
    } catch {
      return list;
    }
    list = next;
  }
}

describe("the text of the list", () => {
  test("says who is signed out, and comes back as it was", () => {
    const text = `{"everybody":1700000000,"users":{"${ada}":1799999999,"${bob}":1800000300}}`;
    const list = parse(text);
    expect(list).toEqual({
      everybody: 1_700_000_000,
      users: new Map([
        [ada, 1_799_999_999],
        [bob, 1_800_000_300],
      ]),
    });
    expect(revocationsText(list)).toBe(text);
    expect(revocationsText(none)).toBe(noRevocations);
  });

  const refused: [why: string, text: string][] = [
    ["is empty", ""],
    ["is cut off", noRevocations.slice(0, -1)],
    ["is null", "null"],
    ["is a list", "[]"],
    ["is an empty object", "{}"],
    ["has no time for everybody", '{"users":{}}'],
    ["has no users", '{"everybody":0}'],
    ["has a list of users", '{"everybody":0,"users":[]}'],
    ["has null for users", '{"everybody":0,"users":null}'],
    ["has an unknown member", '{"everybody":0,"users":{},"groups":{}}'],
    ["has another prototype", '{"everybody":0,"__proto__":{"users":{}}}'],
    ["has a time as text", '{"everybody":"1800000000","users":{}}'],
    ["has a broken second", '{"everybody":1.5,"users":{}}'],
    ["has a time before the epoch", '{"everybody":-1,"users":{}}'],
    ["has a time beyond every number", '{"everybody":1e999,"users":{}}'],
    ["has a time of milliseconds", '{"everybody":1800000000000,"users":{}}'],
    ["has a time more than five minutes ahead", '{"everybody":1800000301,"users":{}}'],
    ["has a user's time in the future", `{"everybody":0,"users":{"${ada}":1800000301}}`],
    ["has null for a user's time", `{"everybody":0,"users":{"${ada}":null}}`],
    ["names nobody", '{"everybody":0,"users":{"":1}}'],
    ["names something that is not a sub", '{"everybody":0,"users":{"a b":1}}'],
    ["is longer than a parameter", `{"everybody":0,"users":{}${" ".repeat(4096)}}`],
  ];
  test.each(refused)("is refused when it %s", (_why, text) => {
    expect(() => parse(text)).toThrow(TypeError);
  });

  test("is refused by a clock that is not a number", () => {
    expect(() => parseRevocations(noRevocations, Number.NaN)).toThrow(TypeError);
  });
});

describe("a sign-in", () => {
  const list = parse(`{"everybody":1000,"users":{"${ada}":2000,"__proto__":3000}}`);
  const cases: [sub: string, authTime: number, revoked: boolean][] = [
    [bob, 999, true],
    [bob, 1000, true],
    [bob, 1001, false],
    [ada, 1001, true],
    [ada, 2000, true],
    [ada, 2001, false],
    ["__proto__", 3000, true],
    ["__proto__", 3001, false],
    ["constructor", 1001, false],
    [bob, Number.NaN, true],
  ];
  test.each(cases)("of %s at %d: ended is %s", (sub, authTime, revoked) => {
    expect(isRevoked(list, { sub, authTime })).toBe(revoked);
  });

  test("is nobody's concern while the list is empty", () => {
    expect(isRevoked(none, { sub: ada, authTime: 1 })).toBe(false);
  });
});

describe("a revocation", () => {
  test("is added to the others, and a second one of the same user moves the time", () => {
    const first = addRevocation(none, { sub: ada }, now, month);
    const second = addRevocation(first, { sub: bob }, now + 5, month);
    expect(addRevocation(second, { sub: ada }, now + 9, month)).toEqual({
      everybody: 0,
      users: new Map([
        [ada, now + 9],
        [bob, now + 5],
      ]),
    });
  });

  test("never turns a time back", () => {
    const later = addRevocation(none, { sub: ada }, now + 60, month);
    expect(addRevocation(later, { sub: ada }, now, month).users.get(ada)).toBe(now + 60);
    const all = addRevocation(none, "everybody", now + 60, month);
    expect(addRevocation(all, "everybody", now, month).everybody).toBe(now + 60);
  });

  test("of everybody covers the users, who leave the list; one who is revoked later comes back", () => {
    const some = addRevocation(none, { sub: ada }, now, month);
    const all = addRevocation(some, "everybody", now + 1, month);
    expect(all).toEqual({ everybody: now + 1, users: new Map() });
    expect(addRevocation(all, { sub: ada }, now + 2, month).users).toEqual(
      new Map([[ada, now + 2]]),
    );
  });

  test("drops users revoked longer ago than any token lives, not a second sooner", () => {
    const list: Revocations = {
      everybody: 0,
      users: new Map([
        [ada, now - month],
        [bob, now - month + 1],
      ]),
    };
    expect([...addRevocation(list, { sub: "new" }, now, month).users.keys()]).toEqual([bob, "new"]);
  });

  test("is refused when the list is full, and the time for everybody makes room", () => {
    const list = full();
    expect(list.users.size).toBe(81);
    expect(() => addRevocation(list, { sub: ada }, now, month)).toThrow(RangeError);
    const all = addRevocation(list, "everybody", now, month);
    expect(revocationsText(all)).toBe('{"everybody":1800000000,"users":{}}');
    expect(addRevocation(all, { sub: ada }, now + 1, month).users.size).toBe(1);
  });

  test("of a user whom the full list already holds adds no text", () => {
    const list = full();
    const [sub = ""] = list.users.keys();
    expect(addRevocation(list, { sub }, now, month).users.get(sub)).toBe(now);
  });
});

test("two lists make one that has the later time of each", () => {
  const one = parse(`{"everybody":5,"users":{"${ada}":10,"x":1}}`);
  const other = parse(`{"everybody":7,"users":{"${ada}":9,"__proto__":3}}`);
  const merged = {
    everybody: 7,
    users: new Map([
      [ada, 10],
      ["x", 1],
      ["__proto__", 3],
    ]),
  };
  expect(mergeRevocations(one, other)).toEqual(merged);
  expect(mergeRevocations(other, one)).toEqual(merged);
  expect(parse(revocationsText(merged))).toEqual(merged);
});
