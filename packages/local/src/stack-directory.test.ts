import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, expect, onTestFinished, test } from "vitest";

import { createStackDirectory } from "./stack-directory.ts";

let parent: string;
beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), "gatehouse-sweep-")));
  onTestFinished(() => rm(parent, { recursive: true }));
});

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

async function leave(name: string, owner: unknown): Promise<string> {
  const directory = join(parent, name);
  await mkdir(join(directory, "edge-1"), { recursive: true });
  await writeFile(join(directory, "edge-1", "lambda.cjs"), "");
  if (owner !== undefined) await writeFile(join(directory, "owner.json"), JSON.stringify(owner));
  return directory;
}

test("makes a directory of its own each time, and leaves those of running stacks alone", async () => {
  const directories = [await createStackDirectory(parent), await createStackDirectory(parent)];
  expect(readdirSync(parent).map((name) => join(parent, name))).toEqual(directories.toSorted());
});

test("removes the directory of a stack that was killed", async () => {
  const abandoned = await leave("gatehouse-stack-Killed", { pid: deadPid(), host: hostname() });
  await createStackDirectory(parent);
  expect(existsSync(abandoned)).toBe(false);
});

test("is not disturbed by stacks that start at the same moment", async () => {
  for (const name of ["A", "B", "C"])
    await leave(`gatehouse-stack-${name}`, { pid: deadPid(), host: hostname() });
  const made = await Promise.all([1, 2, 3, 4].map(() => createStackDirectory(parent)));
  expect(readdirSync(parent).map((name) => join(parent, name))).toEqual(made.toSorted());
});

const kept: [what: string, name: string, owner: () => unknown][] = [
  [
    "of a stack that runs",
    "gatehouse-stack-Alive",
    () => ({ pid: process.ppid, host: hostname() }),
  ],
  ["of another user's process", "gatehouse-stack-Other", () => ({ pid: 1, host: hostname() })],
  [
    "of another machine",
    "gatehouse-stack-Shared",
    () => ({ pid: deadPid(), host: `not-${hostname()}` }),
  ],
  ["that says nothing about its owner yet", "gatehouse-stack-Young", () => undefined],
  ["whose owner is not a process", "gatehouse-stack-Odd", () => ({ pid: "x", host: hostname() })],
  ["with a null owner", "gatehouse-stack-Null", () => null],
  ["of something else", "gatehouse-lambda-Other", () => ({ pid: deadPid(), host: hostname() })],
];

test.each(kept)("keeps a directory %s", async (_what, name, owner) => {
  const directory = await leave(name, owner());
  await createStackDirectory(parent);
  expect(existsSync(join(directory, "edge-1", "lambda.cjs"))).toBe(true);
});

test("follows no link", async () => {
  const elsewhere = await leave("elsewhere", { pid: deadPid(), host: hostname() });
  await symlink(elsewhere, join(parent, "gatehouse-stack-Link"));
  await createStackDirectory(parent);
  expect(existsSync(join(elsewhere, "edge-1", "lambda.cjs"))).toBe(true);
  expect(readdirSync(parent)).toContain("gatehouse-stack-Link");
});
