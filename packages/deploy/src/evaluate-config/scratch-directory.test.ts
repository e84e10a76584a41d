import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "../fixtures/temporary-tree.ts";
import { createScratchDirectory } from "./scratch-directory.ts";

const host = hostname();
/** The id of a process that has ended. */
const dead = spawnSync(process.execPath, ["--version"]).pid;

/** What of it is still there after somebody has made a scratch directory beside it. */
async function survivors(files: Record<string, string>): Promise<string[]> {
  const parent = await temporaryTree(files);
  const made = await createScratchDirectory(parent, "evaluation");
  return (await readdir(parent)).filter((name) => join(parent, name) !== made);
}

const owned = (owner: unknown) => ({
  "evaluation-a/owner.json": JSON.stringify(owner),
  "evaluation-a/project/sst.config.ts": "",
});

test("makes its parent, and a directory of its own each time", async () => {
  const parent = join(await temporaryTree(), "x/.cache");
  const made = await Promise.all([1, 2, 3].map(() => createScratchDirectory(parent, "evaluation")));
  expect((await readdir(parent)).map((name) => join(parent, name))).toEqual(made.toSorted());
});

test("removes what a process that was killed has left", async () => {
  expect(await survivors(owned({ pid: dead, host }))).toEqual([]);
});

const kept: [whose: string, files: Record<string, string>][] = [
  ["of a process that runs", owned({ pid: process.ppid, host })],
  ["of another user's process", owned({ pid: 1, host })],
  ["of another machine", owned({ pid: dead, host: `not-${host}` })],
  ["that does not say yet whose it is", { "evaluation-a/project/a.ts": "" }],
  ["whose owner is no process", owned({ pid: "x", host })],
  ["without an owner", owned(null)],
  ["of another kind", { "platform-a/owner.json": JSON.stringify({ pid: dead, host }) }],
];

test.each(kept)("keeps a directory %s", async (_whose, files) => {
  expect(await survivors(files)).toHaveLength(1);
});
