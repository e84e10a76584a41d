import { describe, expect, test } from "vitest";

import {
  isRevoked,
  maxRevocationPages,
  mergeRevocations,
  noRevocations,
  parseRevocationPage,
  parseRevocations,
  revocationPageNames,
  type RevocationPage,
  revocationPageText,
  withoutOldRevocations,
} from "./revocations.ts";

const now = 1_800_000_000;
const month = 30 * 24 * 60 * 60;
const ada = "8b99d25a-9041-70c3-4d2b-111111111111";
const bob = "8b99d25a-9041-70c3-4d2b-222222222222";

const parse = (text: string) => parseRevocationPage(text, now);
const none = parse(noRevocations);
const subOf = (count: number) => `00000000-0000-0000-0000-${String(count).padStart(12, "0")}`;
const pageOf = (count: number, pages = 1): RevocationPage => ({
  everybody: now - 9,
  users: new Map(Array.from({ length: count }, (_, at) => [subOf(at), now - 300 + at])),
  pages,
});

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
      pages: 1,
    });
    expect(revocationPageText(list)).toBe(text);
    expect(revocationPageText(none)).toBe(noRevocations);
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
    ["has users twice", '{"everybody":0,"users":{},"ended":""}'],
    ["has a list of words", '{"everybody":0,"ended":[]}'],
    ["has a word that is none", '{"everybody":0,"ended":"x"}'],
    ["has a word twice in one", `{"everybody":0,"ended":"-x=1 -y=1  -z=1"}`],
    ["has a word without a time", '{"everybody":0,"ended":"-x="}'],
    ["has a word from the future", `{"everybody":0,"ended":"-x=${(now + 301).toString(36)}"}`],
    ["has a word with a time in capitals", '{"everybody":0,"ended":"-x=A"}'],
    ["has a word that is 31 long", `{"everybody":0,"ended":"${"a".repeat(31)}=1"}`],
    ["has no parameters", '{"everybody":0,"users":{},"pages":0}'],
    ["has eleven parameters", '{"everybody":0,"users":{},"pages":11}'],
    ["has one parameter and a half", '{"everybody":0,"users":{},"pages":1.5}'],
    ["has parameters as text", '{"everybody":0,"users":{},"pages":"2"}'],
    ["is longer than a parameter", `{"everybody":0,"users":{}${" ".repeat(4096)}}`],
  ];
  test.each(refused)("is refused when it %s", (_why, text) => {
    expect(() => parse(text)).toThrow(TypeError);
  });

  test("is refused by a clock that is not a number", () => {
    expect(() => parseRevocations([noRevocations], Number.NaN)).toThrow(TypeError);
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

describe("the dense form", () => {
  test("comes where the plain one has no room, and says the same", () => {
    const plain = pageOf(79);
    expect(revocationPageText(plain)).toContain('"users":');
    const dense = pageOf(101);
    const text = revocationPageText(dense);
    expect(text).toContain('"ended":"00000000000000000000000000000000=tro8no 0');
    expect(parse(text)).toEqual(dense);
  });

  test("keeps a sub of any form", () => {
    const users = new Map(
      ["x", "-", "__proto__", "a".repeat(32), "A_-z".repeat(32), ada, ada.replaceAll("-", "")].map(
        (sub, at) => [sub, now - at],
      ),
    );
    const page = { everybody: 0, users, pages: 2 };
    expect(parse(revocationPageText(page))).toEqual(page);
  });

  test("has an end", () => {
    expect(parse(revocationPageText(pageOf(101, maxRevocationPages))).users.size).toBe(101);
    expect(() => revocationPageText(pageOf(102))).toThrow(RangeError);
  });
});

describe("a list of several parameters", () => {
  const name = "/gatehouse/app/dev/revoked";
  const page = (sub: string, time: number, pages = 1, everybody = 0) =>
    revocationPageText({ everybody, users: new Map([[sub, time]]), pages });

  test("has room for 1,000 users in ten parameters", () => {
    const names = revocationPageNames(name);
    expect(names).toHaveLength(10);
    expect([names[0], names[1], names[9]]).toEqual([name, `${name}/1`, `${name}/9`]);
    const texts = names.map((_name, at) => {
      const users = new Map(
        Array.from({ length: 100 }, (_, count) => [subOf(at * 100 + count), now - at]),
      );
      return revocationPageText({ everybody: now - 99, users, pages: at === 0 ? 10 : 1 });
    });
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(4096);
    const { everybody, users } = parseRevocations(texts, now);
    expect([everybody, users.size, users.get(subOf(999))]).toEqual([now - 99, 1000, now - 9]);
  });

  test("is what all of them say, the later time of each", () => {
    const texts = [page(ada, 10, 3, 5), page(bob, 20), page(ada, 30, 1, 4)];
    expect(parseRevocations(texts, now)).toEqual({
      everybody: 5,
      users: new Map([
        [ada, 30],
        [bob, 20],
      ]),
    });
  });

  test("does not hear those that the first one does not count", () => {
    expect(parseRevocations([page(ada, 10, 2), page(bob, 20), "broken"], now).users.size).toBe(2);
    expect(parseRevocations([noRevocations, page(bob, 20)], now).users.size).toBe(0);
  });

  test.each([
    ["the first one is missing", [undefined, page(bob, 20)]],
    ["there is nothing", []],
    ["one of them is missing", [page(ada, 10, 3), undefined, page(bob, 20)]],
    ["the last one is missing", [page(ada, 10, 3), page(bob, 20)]],
    ["one of them is broken", [page(ada, 10, 2), "{}"]],
  ])("is none when %s", (_why, texts) => {
    expect(() => parseRevocations(texts, now)).toThrow(TypeError);
  });
});

test("users leave who were revoked longer ago than any token lives, not a second sooner, and whom everybody covers", () => {
  const users = new Map([
    [ada, now - month],
    [bob, now - month + 1],
    ["x", now],
  ]);
  const oldest = now - month;
  const left = (everybody: number) => [
    ...withoutOldRevocations({ everybody, users }, oldest).users.keys(),
  ];
  expect(left(0)).toEqual([bob, "x"]);
  expect(left(now - 1)).toEqual(["x"]);
  expect(left(now)).toEqual([]);
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
  expect(parse(revocationPageText({ ...merged, pages: 1 }))).toEqual({ ...merged, pages: 1 });
});
