import { mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { copySources } from "./source-copy.ts";

async function copy(root: string): Promise<string> {
  const to = await temporaryTree();
  await copySources(root, to);
  return to;
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

test("copies sources, and neither builds nor states nor secrets nor tests", async () => {
  const root = await temporaryTree({
    "sst.config.ts": "",
    "infra/api.ts": "",
    "packages/core/src/a.ts": "",
    "packages/core/src/a.test.ts": "",
    "packages/core/dist/a.js": "",
    "packages/core/vectors/v.json": "",
    ".env": "",
    ".sst/outputs.json": "",
    ".cache/evaluation-x/sst.config.ts": "",
    ".git/config": "",
  });
  expect(await filesOf(await copy(root))).toEqual([
    "infra/api.ts",
    "packages/core/src/a.ts",
    "sst.config.ts",
  ]);
});

test("shares the installed packages, and takes the workspace's own from the copy", async () => {
  const root = await temporaryTree({
    "packages/core/src/a.ts": "original",
    "node_modules/.pnpm/hono/node_modules/hono/index.js": "",
    "node_modules/@types/node/index.d.ts": "",
  });
  await mkdir(join(root, "node_modules/@own"));
  await symlink("../../packages/core", join(root, "node_modules/@own/core"));
  await symlink(".pnpm/hono/node_modules/hono", join(root, "node_modules/hono"));
  // As pnpm links what a package depends on.
  await mkdir(join(root, "packages/edge/node_modules/@own"), { recursive: true });
  await symlink("../../../core", join(root, "packages/edge/node_modules/@own/core"));

  const to = await copy(root);
  const links = ["hono", ".pnpm", "@types/node", "@own/core"].map((name) =>
    readlink(join(to, "node_modules", name)),
  );
  expect(await Promise.all(links)).toEqual([
    join(root, "node_modules/hono"),
    join(root, "node_modules/.pnpm"),
    join(root, "node_modules/@types/node"),
    join(to, "packages/core"),
  ]);
  expect(await readlink(join(to, "packages/edge/node_modules/@own/core"))).toBe(
    join(to, "packages/core"),
  );
  expect(await readFile(join(to, "node_modules/@own/core/src/a.ts"), "utf8")).toBe("original");
});

test("shares what is installed in a folder of its own, and passes over a link that leads nowhere", async () => {
  const root = await temporaryTree({
    "sst.config.ts": "",
    "web/package.json": "",
    "web/node_modules/vite/index.js": "",
    "web/node_modules/@vitejs/plugin/index.js": "",
  });
  await symlink("../gone", join(root, "web/node_modules/stopped"));

  const to = await copy(root);
  expect(await filesOf(to)).toEqual(["sst.config.ts", "web/package.json"]);
  expect((await readdir(join(to, "web/node_modules"))).toSorted()).toEqual(["@vitejs", "vite"]);
  expect(await readlink(join(to, "web/node_modules/vite"))).toBe(
    join(root, "web/node_modules/vite"),
  );
  expect(await readlink(join(to, "web/node_modules/@vitejs/plugin"))).toBe(
    join(root, "web/node_modules/@vitejs/plugin"),
  );
});

test("copies a project where nothing is installed", async () => {
  const root = await temporaryTree({ "sst.config.ts": "" });
  expect(await filesOf(await copy(root))).toEqual(["sst.config.ts"]);
});
