import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { promisify } from "node:util";

import { expect, onTestFinished, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { copySources, linkNeighbours } from "./source-copy.ts";

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

test("copies sources and builds, and neither caches nor states nor secrets nor tests", async () => {
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
    "packages/core/dist/a.js",
    "packages/core/src/a.ts",
    "packages/core/vectors/v.json",
    "sst.config.ts",
  ]);
});

test("passes over pipes and sockets, and takes names as they are", async () => {
  const odd = ["-rf.ts", "a\nb.ts", "ü #%[x].ts"];
  const root = await temporaryTree(Object.fromEntries(odd.map((name) => [name, ""])));
  await promisify(execFile)("mkfifo", [join(root, "pipe")]);
  const server = createServer().listen(join(root, "socket"));
  await once(server, "listening");
  onTestFinished(() => void server.close());
  expect(await readdir(await copy(root))).toEqual(odd.toSorted());
});

test("keeps links: one inside, one to what lies outside, one to nowhere, one to itself", async () => {
  const outside = await temporaryTree({ "shared/a.ts": "outside" });
  const root = await temporaryTree({ "app/src/b.ts": "" });
  const links = { inside: "app/src", nowhere: "../gone", loop: "loop" };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name));
  await symlink(relative(root, join(outside, "shared")), join(root, "shared"));
  const to = await copy(root);
  for (const [name, target] of Object.entries(links))
    expect(await readlink(join(to, name))).toBe(target);
  expect(await readFile(join(to, "shared/a.ts"), "utf8")).toBe("outside");
});

test("links what lies beside the project and above it, but for Git's own", async () => {
  const root = await temporaryTree({
    ".git/config": "",
    "tsconfig.base.json": "base",
    "packages/core/a.ts": "core",
    "apps/site/b.ts": "site",
    "apps/api/sst.config.ts": "",
  });
  const to = await temporaryTree();
  await linkNeighbours(root, "apps/api", to);
  expect((await readdir(to)).toSorted()).toEqual(["apps", "packages", "tsconfig.base.json"]);
  expect((await readdir(join(to, "apps/api"))).toSorted()).toEqual([]);
  const read = (path: string) => readFile(join(to, "apps/api", path), "utf8");
  expect(await read("../../packages/core/a.ts")).toBe("core");
  expect(await read("../site/b.ts")).toBe("site");
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
