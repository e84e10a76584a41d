import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, utimes } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { withLock } from "./install-lock.ts";

const nobodyWaits = (): never => {
  throw new Error("it waits");
};

test("lets one work at a time, and tells the other one once that it waits", async () => {
  const file = join(await temporaryTree(), "cache/lock");
  const events: string[] = [];
  let second: Promise<string> | undefined;
  const first = withLock(file, nobodyWaits, async () => {
    events.push("first starts");
    await new Promise<void>((told) => {
      const onWait = (): void => {
        events.push("second waits");
        told();
      };
      second = withLock(file, onWait, async () => {
        events.push("second works");
        return "second";
      });
    });
    events.push("first ends");
    return "first";
  });
  expect([await first, await second]).toEqual(["first", "second"]);
  expect(events).toEqual(["first starts", "second waits", "first ends", "second works"]);
  expect(existsSync(file)).toBe(false);
});

test("takes no notice of a process that was killed", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const root = await temporaryTree({ lock: String(pid) });
  expect(
    await withLock(
      join(root, "lock"),
      () => undefined,
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});

test("waits for a process that is writing its lock", async () => {
  const file = join(await temporaryTree({ lock: "" }), "lock");
  const waiting = () => void rm(file);
  expect(await withLock(file, waiting, () => Promise.resolve("done"))).toBe("done");
});

test("takes no notice of a lock that names nobody for long", async () => {
  const file = join(await temporaryTree({ lock: "" }), "lock");
  await utimes(file, new Date(0), new Date(0));
  expect(
    await withLock(
      file,
      () => undefined,
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});

test("lets go when the work fails", async () => {
  const file = join(await temporaryTree(), "lock");
  const failing = withLock(file, nobodyWaits, () => Promise.reject(new Error("no network")));
  await expect(failing).rejects.toThrow("no network");
  expect(existsSync(file)).toBe(false);
});
