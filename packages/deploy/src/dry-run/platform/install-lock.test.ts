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
  const work = (name: string) => async () => {
    events.push(`${name} starts`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    events.push(`${name} ends`);
    return name;
  };
  const first = withLock(file, nobodyWaits, work("first"));
  const second = withLock(file, () => events.push("second waits"), work("second"));
  expect(await Promise.all([first, second])).toEqual(["first", "second"]);
  expect(events.toSorted()).toEqual(
    ["first starts", "second waits", "first ends", "second starts", "second ends"].toSorted(),
  );
  expect(events.slice(-3)).toEqual(["first ends", "second starts", "second ends"]);
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
