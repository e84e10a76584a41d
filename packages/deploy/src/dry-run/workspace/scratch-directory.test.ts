import { spawnSync } from "node:child_process";
import { readdir, readFile, symlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test, vi } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { createScratchDirectory } from "./scratch-directory.ts";

const host = hostname();
/** The id of a process that has ended. */
const dead = spawnSync(process.execPath, ["--version"]).pid;
const killed = { pid: dead, host };

function owned(owner: unknown, name = "stack-a"): Record<string, string> {
  return { [`${name}/owner.json`]: JSON.stringify(owner), [`${name}/edge-1/lambda.cjs`]: "" };
}

describe("makes a separate directory each time", () => {
  test("and the parent, if it is missing", async () => {
    const parent = join(await temporaryTree(), "x/.cache");
    const made = await Promise.all([1, 2, 3].map(() => createScratchDirectory(parent, "stack")));
    expect(await pathsIn(parent)).toEqual(made.toSorted());
  });

  test("and leaves those of running processes alone", async () => {
    const parent = await temporaryTree();
    const made = [
      await createScratchDirectory(parent, "stack"),
      await createScratchDirectory(parent, "stack"),
    ];
    expect(await pathsIn(parent)).toEqual(made.toSorted());
  });

  test("undisturbed by others that start at the same moment", async () => {
    const parent = await temporaryTree({
      ...owned(killed, "stack-a"),
      ...owned(killed, "stack-b"),
      ...owned(killed, "stack-c"),
    });
    const made = await Promise.all([1, 2, 3, 4].map(() => createScratchDirectory(parent, "stack")));
    expect(await pathsIn(parent)).toEqual(made.toSorted());
  });
});

test("is nothing to commit for Git", async () => {
  const made = await createScratchDirectory(await temporaryTree(), "stack");
  expect(await readFile(join(made, ".gitignore"), "utf8")).toBe("*\n");
});

test("removes what a process that was killed has left", async () => {
  const parent = await temporaryTree(owned(killed));
  const made = await createScratchDirectory(parent, "stack");
  expect(await pathsIn(parent)).toEqual([made]);
});

test("removes what is left of one whose removal was interrupted, an hour later", async () => {
  const parent = await temporaryTree({ "stack-a/edge-3/lambda.cjs": "" });
  const hourAgo = new Date(Date.now() - 3_601_000);
  await utimes(join(parent, "stack-a"), hourAgo, hourAgo);
  const made = await createScratchDirectory(parent, "stack");
  expect(await pathsIn(parent)).toEqual([made]);
});

const kept: [whose: string, files: Record<string, string>][] = [
  ["of a process that runs", owned({ pid: process.ppid, host })],
  ["of another user's process", owned({ pid: 1, host })],
  ["of another machine", owned({ pid: dead, host: `not-${host}` })],
  ["that does not say yet whose it is", { "stack-a/edge-1/lambda.cjs": "" }],
  ["whose owner is not a process", owned({ pid: "x", host })],
  ["without an owner", owned(null)],
  ["of another kind", owned(killed, "platform-a")],
];

test.each(kept)("keeps a directory %s", async (_whose, files) => {
  const parent = await temporaryTree(files);
  const made = await createScratchDirectory(parent, "stack");
  const [left = "", ...others] = (await pathsIn(parent)).filter((path) => path !== made);
  expect(others).toEqual([]);
  expect(await readFile(join(left, "edge-1/lambda.cjs"), "utf8")).toBe("");
});

test("keeps a directory that another user has made", async () => {
  const parent = await temporaryTree(owned(killed));
  const another = (process.getuid?.() ?? 0) + 1;
  const getuid = vi.spyOn(process, "getuid").mockReturnValue(another);
  onTestFinished(() => getuid.mockRestore());
  const made = await createScratchDirectory(parent, "stack");
  expect(await pathsIn(parent)).toEqual([made, join(parent, "stack-a")].toSorted());
});

test("follows no link", async () => {
  const elsewhere = await temporaryTree(owned(killed));
  const parent = await temporaryTree();
  await symlink(join(elsewhere, "stack-a"), join(parent, "stack-Link"));
  await createScratchDirectory(parent, "stack");
  expect(await readFile(join(elsewhere, "stack-a/edge-1/lambda.cjs"), "utf8")).toBe("");
  expect(await readdir(parent)).toContain("stack-Link");
});

async function pathsIn(parent: string): Promise<readonly string[]> {
  return (await readdir(parent)).map((name) => join(parent, name)).toSorted();
}
