import { readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { sharePlatform } from "./share-platform.ts";

test("lets the CLI write into its platform without touching the installed one", async () => {
  const installed = await temporaryTree({
    "provider-lock.json": "[]",
    "platform/version": "3.19.3",
    "platform/package.json": "{}",
    "platform/src/index.ts": "",
    "platform/node_modules/a/index.js": "",
    "platform/sst.config.1795349567641.mjs": "left over",
    "platform/sst.config.1795349567641.mjs.map": "left over",
    "platform/resources/a.js": "left over",
  });
  const directory = join(installed, "platform");
  const providerLock = join(installed, "provider-lock.json");
  const root = await temporaryTree();
  await sharePlatform(
    { version: "3.19.3", awsVersion: "6.83.4", command: "sst", directory, providerLock },
    root,
  );

  const own = join(root, ".sst/platform");
  expect((await readdir(own)).toSorted()).toEqual([
    "node_modules",
    "package.json",
    "src",
    "version",
  ]);
  expect(await readlink(join(own, "node_modules"))).toBe(join(directory, "node_modules"));
  expect(await readFile(join(root, ".sst/provider-lock.json"), "utf8")).toBe("[]");

  await writeFile(join(own, "package.json"), "changed");
  await rm(own, { recursive: true });
  expect(await readFile(join(directory, "package.json"), "utf8")).toBe("{}");
  expect(await readdir(join(directory, "node_modules"))).toEqual(["a"]);
});
