import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import { fixedClock } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test, vi } from "vitest";

import {
  createRequireValid,
  createRevocations,
  type RevocationsNotice,
  type SignIn,
} from "./revocations.ts";

const start = 1_800_000_000;
/** Signed in so long ago that a list is needed to know more. */
const ada = { sub: "ada", authTime: start - 100 };
const revoked = JSON.stringify({ everybody: 0, users: { ada: start } });

interface SetUp {
  readonly whenUnknown?: "allow" | "refuse";
  readonly read?: () => Promise<string>;
  readonly random?: number;
}

function setUp({ whenUnknown = "refuse", read = async () => noRevocations, random = 0 }: SetUp) {
  const clock = fixedClock(start);
  const reading = vi.fn<typeof read>(read);
  const lines: RevocationsNotice[] = [];
  const revocations = createRevocations(whenUnknown, {
    read: async () => [await reading()],
    now: clock.now,
    log: (line) => lines.push(line),
    random: () => random,
  });
  const notices = () => lines.map(({ notice }) => notice);
  return { revocations, reading, clock, lines, notices };
}

/** A read that is answered, or not, when the test says so. */
function heldRead() {
  const held: { answer: (text: string) => void; fail: (error: Error) => void }[] = [];
  const read = () =>
    new Promise<string>((resolve, reject) => held.push({ answer: resolve, fail: reject }));
  return { held, read };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const away = async (): Promise<string> => {
  throw new Error("away");
};
const unavailable = { code: "settings_unavailable" };
const ended = expect.objectContaining({ code: "token_revoked" });

describe("a list that can be read", () => {
  test("is read once for all who wait, and then nobody waits", async () => {
    const { revocations, reading } = setUp({});
    revocations.refreshWhenOld();
    await Promise.all([revocations.ready(ada), revocations.ready(ada)]);
    expect(reading).toHaveBeenCalledTimes(1);
    expect(revocations.ready(ada)).toBe(undefined);
    expect(revocations.requireValid(ada)).toBe(undefined);
  });

  test("is read again when the clock was set back: it has no age that anybody knows", async () => {
    const { revocations, reading, clock } = setUp({});
    await revocations.ready(ada);
    clock.advance(-1);
    expect(() => revocations.requireValid(ada)).toThrow(
      expect.objectContaining({ code: "settings_unavailable" }),
    );
    await revocations.ready(ada);
    expect(reading).toHaveBeenCalledTimes(2);
  });

  test("refuses a sign-in that was ended, and lets a later one in", async () => {
    const { revocations } = setUp({ read: async () => revoked });
    await revocations.ready(ada);
    expect(() => revocations.requireValid(ada)).toThrow(ended);
    expect(() => revocations.requireValid({ ...ada, authTime: start })).toThrow(ended);
    expect(revocations.requireValid({ ...ada, authTime: start + 1 })).toBe(undefined);
    expect(revocations.requireValid({ ...ada, sub: "bob" })).toBe(undefined);
  });

  test("counts for less than a minute from the question, not from the answer", async () => {
    const { held, read } = heldRead();
    const { revocations, clock } = setUp({ read });
    const first = revocations.ready(ada);
    clock.advance(3);
    held[0]?.answer(noRevocations);
    await first;
    clock.advance(56);
    expect(revocations.ready(ada)).toBe(undefined);
    clock.advance(1);
    const second = revocations.ready(ada);
    expect(second).not.toBe(undefined);
    held[1]?.answer(revoked);
    await second;
    expect(() => revocations.requireValid(ada)).toThrow(ended);
  });

  test.each([
    [0, 40],
    [0.5, 48],
    [0.999, 55],
  ])("is asked for again in the background, by chance %d at the age of %d", async (random, age) => {
    const { revocations, reading, clock } = setUp({ random });
    await revocations.ready(ada);
    clock.advance(age - 1);
    revocations.refreshWhenOld();
    expect(reading).toHaveBeenCalledTimes(1);
    clock.advance(1);
    revocations.refreshWhenOld();
    revocations.refreshWhenOld();
    await turn();
    expect(reading).toHaveBeenCalledTimes(2);
    expect(revocations.ready(ada)).toBe(undefined);
  });

  test("that brings something new is told in the log, the first one is not", async () => {
    const texts = [noRevocations, noRevocations, revoked];
    const { revocations, clock, notices } = setUp({ read: async () => texts.shift() ?? "" });
    for (let count = 0; count < 3; count += 1) {
      await revocations.ready(ada);
      clock.advance(60);
    }
    expect(notices()).toEqual(["revocations_refreshed"]);
  });
});

const unusable: [why: string, read: () => Promise<string>][] = [
  ["Parameter Store is away", away],
  [
    "the reader throws at once",
    () => {
      throw new Error("no such file");
    },
  ],
  ["the parameter is empty", async () => ""],
  ["the parameter is no list", async () => "{}"],
  ["a time is in the future", async () => '{"everybody":1800001000,"users":{}}'],
];

describe("a list that cannot be read", () => {
  test.each(unusable)("refuses where that is meant, when %s", async (_why, read) => {
    const { revocations, reading, clock, notices } = setUp({ read });
    await expect(revocations.ready(ada)).rejects.toMatchObject(unavailable);
    expect(() => revocations.requireValid(ada)).toThrow(expect.objectContaining(unavailable));
    await expect(revocations.ready(ada)).rejects.toMatchObject(unavailable);
    revocations.refreshWhenOld();
    expect(reading).toHaveBeenCalledTimes(1);
    clock.advance(2);
    await expect(revocations.ready(ada)).rejects.toMatchObject(unavailable);
    expect(reading).toHaveBeenCalledTimes(2);
    expect(notices()).toEqual(["revocations_refresh_failed", "revocations_refresh_failed"]);
  });

  test.each(unusable)("counts as empty where that is meant, when %s", async (_why, read) => {
    const { revocations, notices } = setUp({ whenUnknown: "allow", read });
    await revocations.ready(ada);
    expect(revocations.requireValid(ada)).toBe(undefined);
    expect(notices()).toEqual(["revocations_refresh_failed"]);
  });

  test("is no reason to refuse while the last one is younger than a minute, and is one from then on", async () => {
    let read = async () => noRevocations;
    const { revocations, clock, reading } = setUp({ read: () => read() });
    await revocations.ready(ada);
    read = away;
    clock.advance(45);
    revocations.refreshWhenOld();
    await vi.waitFor(() => expect(reading.mock.settledResults[1]?.type).toBe("rejected"));
    expect(revocations.ready(ada)).toBe(undefined);
    clock.advance(14);
    expect(revocations.ready(ada)).toBe(undefined);
    clock.advance(1);
    await expect(revocations.ready(ada)).rejects.toMatchObject(unavailable);
    read = async () => noRevocations;
    clock.advance(2);
    await revocations.ready(ada);
    expect(revocations.requireValid(ada)).toBe(undefined);
  });

  test("leaves the last one in force where unknown means to allow, however old it is", async () => {
    let read = async () => revoked;
    const { revocations, clock } = setUp({ whenUnknown: "allow", read: () => read() });
    await revocations.ready(ada);
    read = away;
    clock.advance(3600);
    await revocations.ready(ada);
    expect(() => revocations.requireValid(ada)).toThrow(ended);
    expect(revocations.requireValid({ ...ada, sub: "bob" })).toBe(undefined);
  });

  test("is waited for once per minute where unknown means to allow, and tried in the background meanwhile", async () => {
    let read = away;
    const { revocations, clock, reading } = setUp({ whenUnknown: "allow", read: () => read() });
    await revocations.ready(ada);
    clock.advance(2);
    expect(revocations.ready(ada)).toBe(undefined);
    revocations.refreshWhenOld();
    await vi.waitFor(() => expect(reading.mock.settledResults[1]?.type).toBe("rejected"));
    clock.advance(60);
    expect(revocations.ready(ada)).not.toBe(undefined);
    await vi.waitFor(() => expect(reading.mock.settledResults[2]?.type).toBe("rejected"));
    read = async () => revoked;
    clock.advance(2);
    revocations.refreshWhenOld();
    await vi.waitFor(() => expect(() => revocations.requireValid(ada)).toThrow(ended));
  });

  test("refuses who asks without having waited", async () => {
    const { revocations, clock } = setUp({});
    expect(() => revocations.requireValid(ada)).toThrow(expect.objectContaining(unavailable));
    await revocations.ready(ada);
    clock.advance(64);
    expect(revocations.requireValid(ada)).toBe(undefined);
    clock.advance(1);
    expect(() => revocations.requireValid(ada)).toThrow(expect.objectContaining(unavailable));
  });

  test("says in the log what AWS calls the fault, and nothing else of it", async () => {
    const throttled = Object.assign(new Error("secret"), { name: "ThrottlingException" });
    const { revocations, lines } = setUp({ read: () => Promise.reject(throttled) });
    await expect(revocations.ready(ada)).rejects.toMatchObject(unavailable);
    expect(lines).toEqual([{ notice: "revocations_refresh_failed", cause: "ThrottlingException" }]);
  });
});

describe("a container that was frozen", () => {
  test("waits for a new list, though the old one was good", async () => {
    let text = noRevocations;
    const { revocations, clock } = setUp({ read: async () => text });
    await revocations.ready(ada);
    text = revoked;
    clock.advance(3600);
    await revocations.ready(ada);
    expect(() => revocations.requireValid(ada)).toThrow(ended);
  });

  test("does not wait for a read that was frozen with it", async () => {
    const { held, read } = heldRead();
    const { revocations, clock, reading } = setUp({ read });
    revocations.refreshWhenOld();
    await turn();
    clock.advance(4);
    revocations.refreshWhenOld();
    await turn();
    expect(reading).toHaveBeenCalledTimes(1);
    clock.advance(1);
    const waiting = revocations.ready(ada);
    expect(reading).toHaveBeenCalledTimes(2);
    held[0]?.fail(new Error("dead socket"));
    held[1]?.answer(revoked);
    await waiting;
    expect(() => revocations.requireValid(ada)).toThrow(ended);
  });

  test("takes no older list over a newer one, when the frozen read is answered after all", async () => {
    const { held, read } = heldRead();
    const { revocations, clock } = setUp({ read });
    revocations.refreshWhenOld();
    await turn();
    clock.advance(3600);
    const waiting = revocations.ready(ada);
    held[1]?.answer(revoked);
    await waiting;
    held[0]?.answer(noRevocations);
    await turn();
    expect(() => revocations.requireValid(ada)).toThrow(ended);
  });
});

describe("a sign-in that is younger than the promise", () => {
  const young = (age: number): SignIn => ({ sub: "ada", authTime: start - age });

  test("needs no list, and is not waited for; one that is older or yet to come does", async () => {
    const { revocations, reading } = setUp({ read: away });
    for (const age of [0, 59]) {
      expect(revocations.ready(young(age))).toBe(undefined);
      expect(revocations.requireValid(young(age))).toBe(undefined);
    }
    expect(reading).toHaveBeenCalledTimes(0);
    for (const age of [60, -1])
      await expect(revocations.ready(young(age))).rejects.toMatchObject(unavailable);
    expect(() => revocations.requireValid(young(65))).toThrow(expect.objectContaining(unavailable));
    expect(() => revocations.requireValid(young(-1))).toThrow(expect.objectContaining(unavailable));
  });

  test("is refused all the same by a list that is at hand", async () => {
    const { revocations } = setUp({ read: async () => revoked });
    await revocations.ready(ada);
    expect(() => revocations.requireValid(young(0))).toThrow(ended);
  });

  test("has the list read after the answer, so that the next one finds it", async () => {
    const { revocations, reading } = setUp({});
    await createRequireValid(revocations)(young(0));
    expect(reading).toHaveBeenCalledTimes(0);
    await turn();
    expect(reading).toHaveBeenCalledTimes(1);
  });
});

/** A list that notes in which order it is asked. */
function list({ ready, over = false }: { ready?: () => Promise<void>; over?: boolean } = {}) {
  const asked: string[] = [];
  const revocations = {
    ready() {
      asked.push("ready");
      return ready?.();
    },
    requireValid({ sub }: { readonly sub: string }) {
      asked.push(`requireValid ${sub}`);
      if (over) throw new RangeError("revoked");
    },
    refreshWhenOld() {
      asked.push("refreshWhenOld");
    },
  };
  return { asked, revocations };
}

describe("a sign-in", () => {
  test("waits for the list, is looked up, and only then starts the next read", async () => {
    let arrived = (): void => undefined;
    const ready = () => new Promise<void>((resolve) => (arrived = resolve));
    const { asked, revocations } = list({ ready });
    const done = createRequireValid(revocations)(ada);
    await Promise.resolve();
    expect(asked).toEqual(["ready"]);
    arrived();
    await done;
    expect(asked).toEqual(["ready", "requireValid ada", "refreshWhenOld"]);
  });

  test("is refused while the list cannot be read, and starts no read", async () => {
    const { asked, revocations } = list({ ready: () => Promise.reject(new RangeError("away")) });
    await expect(createRequireValid(revocations)(ada)).rejects.toThrow("away");
    expect(asked).toEqual(["ready"]);
  });

  test("whose sign-in was ended is refused, and starts no read", async () => {
    const { asked, revocations } = list({ over: true });
    await expect(createRequireValid(revocations)(ada)).rejects.toThrow("revoked");
    expect(asked).toEqual(["ready", "requireValid ada"]);
  });
});
