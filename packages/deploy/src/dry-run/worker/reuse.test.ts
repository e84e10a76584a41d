import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { createReuse } from "./reuse.ts";

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "gatehouse-reuse-"));
  for (const [file, text] of [
    ["a.ts", "a"],
    ["b.ts", "b"],
    ["package.json", "{}"],
  ] as const)
    await write(file, text);
});
afterEach(() => rm(project, { recursive: true }));
const write = (file: string, text: string) => writeFile(join(project, file), text);

/** Makes a number, of `a.ts`, and counts. */
function counting() {
  const reuse = createReuse<number>();
  let made = 0;
  const make = () => Promise.resolve({ inputs: ["a.ts"], result: (made += 1) });
  return (changed: readonly string[], key = "") => reuse(project, changed, key, make);
}

test("what was made of the same files is there already", async () => {
  const made = counting();
  expect(await made([])).toBe(1);
  expect(await made(["b.ts"])).toBe(1);
  await write("b.ts", "other");
  expect(await made(["b.ts"])).toBe(1);
});

test("a change of what goes into it makes another, once", async () => {
  const made = counting();
  expect(await made([])).toBe(1);
  expect(await made(["a.ts"])).toBe(2);
  expect(await made(["a.ts", "b.ts"])).toBe(2);
  await write("a.ts", "other");
  expect(await made(["a.ts"])).toBe(3);
  expect(await made([])).toBe(1);
});

test("whatever is no source counts, and so does what else it depends on", async () => {
  const made = counting();
  expect(await made([])).toBe(1);
  expect(await made(["package.json"])).toBe(2);
  expect(await made([], "other")).toBe(3);
});

test("what could not be made is tried again", async () => {
  const reuse = createReuse<number>();
  const fails = () => Promise.reject(new Error("broken"));
  await expect(reuse(project, [], "", fails)).rejects.toThrow("broken");
  const make = () => Promise.resolve({ inputs: [], result: 1 });
  expect(await reuse(project, [], "", make)).toBe(1);
});
