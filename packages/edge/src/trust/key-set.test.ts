import { fixedClock, makeKeyPair, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test, vi } from "vitest";

import { createKeySet } from "./key-set.ts";
import type { Notice } from "../log.ts";

const first = publicJwk(makeKeyPair());
const second = publicJwk(makeKeyPair());
const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp(answer: () => Promise<unknown>, baked: readonly (typeof first)[] = [first]) {
  const clock = fixedClock();
  const fetch = vi.fn<typeof answer>(answer);
  const notices: unknown[] = [];
  const keys = createKeySet(
    baked.length === 0 ? undefined : { keys: baked, fetchedAt: clock.now() },
    {
      fetch,
      now: clock.now,
      log: (entry) => notices.push(entry),
    },
  );
  return { clock, fetch, keys, notices };
}

describe("the pool's key set", () => {
  test("needs no network while its keys are known and fresh", () => {
    const { keys, fetch } = setUp(async () => ({ keys: [first] }));
    keys.refreshWhenOld();
    expect(keys.current()).toEqual({ generation: 0, keys: [first] });
    expect(fetch).toHaveBeenCalledTimes(0);
  });

  test("replaces the old keys, so that a withdrawn key is trusted no longer", async () => {
    const { keys } = setUp(async () => ({ keys: [second] }));
    await keys.refetch();
    expect(keys.current()).toEqual({ generation: 1, keys: [second] });
  });

  test("keeps its generation when nothing changed", async () => {
    const { keys } = setUp(async () => ({ keys: [first] }));
    await keys.refetch();
    expect(keys.current().generation).toBe(0);
  });

  test("asks once for many requests at a time, and once in ten seconds", async () => {
    const { keys, fetch, clock } = setUp(async () => ({ keys: [first] }));
    await Promise.all([keys.refetch(), keys.refetch(), keys.refetch()]);
    await keys.refetch();
    expect(fetch).toHaveBeenCalledTimes(1);
    clock.advance(10);
    await keys.refetch();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test("says 503 after a failure, also while it cools down, and recovers", async () => {
    let down = true;
    const { keys, fetch, clock } = setUp(async () => {
      if (down) throw new Error("connect ECONNREFUSED");
      return { keys: [second] };
    });
    await expect(keys.refetch()).rejects.toMatchObject({ code: "keys_unavailable" });
    await expect(keys.refetch()).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(keys.current().keys).toEqual([first]);
    down = false;
    clock.advance(10);
    await keys.refetch();
    expect(keys.current().keys).toEqual([second]);
  });

  test("refreshes keys older than a day, and nobody waits for it", async () => {
    const { keys, fetch, clock } = setUp(async () => ({ keys: [second] }));
    clock.advance(24 * 60 * 60 - 1);
    keys.refreshWhenOld();
    expect(fetch).toHaveBeenCalledTimes(0);
    clock.advance(1);
    keys.refreshWhenOld();
    await vi.waitFor(() => expect(keys.current().keys).toEqual([second]));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  const hostile: [why: string, value: unknown][] = [
    ["null", null],
    ["no keys", { keys: [] }],
    ["a list", [first]],
    ["text", "keys"],
    ["a symmetric key", { keys: [{ ...first, kty: "oct", k: "c2VjcmV0" }] }],
    ["another algorithm", { keys: [{ ...first, alg: "HS256" }] }],
    ["a key for encryption", { keys: [{ ...first, use: "enc" }] }],
    ["an exponent that lets anybody sign", { keys: [{ ...first, e: "AQ" }] }],
    ["a short modulus", { keys: [{ ...first, n: "AQAB" }] }],
    ["one kid twice", { keys: [first, { ...second, kid: first.kid }] }],
    ["a key without kid", { keys: [{ ...first, kid: undefined }] }],
  ];
  test.each(hostile)("keeps the old keys when the answer is %s", async (_why, value) => {
    const { keys, notices } = setUp(async () => value);
    await expect(keys.refetch()).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(keys.current()).toEqual({ generation: 0, keys: [first] });
    expect(notices).toEqual([
      { notice: "keys_refresh_failed", cause: "TypeError" } satisfies Notice,
    ]);
  });

  test("a fetch that throws at once is tried again, too", async () => {
    const { keys, fetch, clock } = setUp(() => {
      throw new Error("no such file");
    });
    await expect(keys.refetch()).rejects.toMatchObject({ code: "keys_unavailable" });
    clock.advance(10);
    await expect(keys.refetch()).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test("baked keys are as old as when they were fetched, whenever the container started", async () => {
    const clock = fixedClock();
    const deps = { now: clock.now, log: () => undefined };
    const day = 24 * 60 * 60;
    const fetches = async (fetchedAt: number | undefined): Promise<number> => {
      const fetch = vi.fn<() => Promise<unknown>>(async () => ({ keys: [second] }));
      const baked = { keys: [first], ...(fetchedAt === undefined ? {} : { fetchedAt }) };
      createKeySet(baked, { ...deps, fetch }).refreshWhenOld();
      await turn();
      return fetch.mock.calls.length;
    };
    expect(await fetches(clock.now() - day + 1)).toBe(0);
    expect(await fetches(clock.now() - day)).toBe(1);
    expect(await fetches(undefined)).toBe(1);
    // A time to come is somebody's mistake, and must not keep a key for good.
    expect(await fetches(clock.now() + 10 * day)).toBe(0);
  });

  test("keys that came with the settings are checked against the pool's own at once", async () => {
    const { keys, fetch } = setUp(async () => ({ keys: [second] }), []);
    keys.adopt([first]);
    keys.refreshWhenOld();
    await vi.waitFor(() => expect(keys.current().keys).toEqual([second]));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("adopts keys only when it has none", () => {
    const { keys } = setUp(async () => undefined, []);
    expect(keys.current()).toEqual({ generation: 0, keys: [] });
    keys.adopt([first]);
    keys.adopt([second]);
    expect(keys.current()).toEqual({ generation: 1, keys: [first] });
  });
});
