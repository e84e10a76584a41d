import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { compile } from "./compile.ts";

const manifest = (more: object) => JSON.stringify({ name: "a", type: "module", ...more });

/** Compiles `a/src/main.ts` among these files. */
async function compiled(files: Readonly<Record<string, string>>) {
  const root = await temporaryTree(files);
  const tree = await compile([join(root, "a/src/main.ts")], join(root, "out"));
  return { tree, out: join(root, "out") };
}

test("gives what runs without TypeScript: what is imported, started and loaded from beside a module", async () => {
  const { out } = await compiled({
    "a/package.json": manifest({}),
    "a/src/main.ts": [
      'import { spawnSync } from "node:child_process";',
      'import { join } from "node:path";',
      'import type { Unused } from "./types.ts";',
      'import { text } from "./deep/text.ts";',
      'const { late } = await import("./late.ts");',
      'const child = join(import.meta.dirname, "child/main.ts");',
      'const { stdout } = spawnSync(process.execPath, [child], { encoding: "utf8" });',
      'const { default: data } = await import(new URL("./data/more.mjs", import.meta.url).href);',
      'const all: Unused = [text, late, stdout, data, "./deep/text.ts"];',
      "console.log(JSON.stringify(all));",
    ].join("\n"),
    "a/src/types.ts": "export type Unused = string[];",
    "a/src/deep/text.ts": 'export const text: string = "imported";',
    "a/src/late.ts": 'export const late: string = "later";',
    "a/src/child/main.ts": 'process.stdout.write("started" as string);',
    "a/src/data/more.mjs": 'export default "loaded";',
    "a/src/never.ts": "",
  });
  const { stdout } = spawnSync(process.execPath, [join(out, "a/main.js")], { encoding: "utf8" });
  expect(JSON.parse(stdout)).toEqual(["imported", "later", "started", "loaded", "./deep/text.ts"]);
  expect((await readdir(join(out, "a"), { recursive: true })).toSorted()).toEqual([
    "child",
    "child/main.js",
    "data",
    "data/more.mjs",
    "deep",
    "deep/text.js",
    "late.js",
    "main.js",
  ]);
});

test("leads to other packages of ours by a path", async () => {
  const { out } = await compiled({
    "a/package.json": manifest({}),
    "a/src/main.ts": 'export { messageOf } from "@sst-gatehouse/blueprint/message-of";',
  });
  expect(await readFile(join(out, "a/main.js"), "utf8")).toContain('"../blueprint/message-of.js"');
  expect(existsSync(join(out, "blueprint/message-of.js"))).toBe(true);
});

test("takes a folder that a module names, without its tests", async () => {
  const { out } = await compiled({
    "a/package.json": manifest({}),
    "a/src/main.ts": 'console.log(new URL("./child/", import.meta.url).href);',
    "a/src/child/one.mjs": "",
    "a/src/child/one.test.ts": "",
    "a/src/child/one.d.mts": "",
  });
  expect(await readdir(join(out, "a/child"))).toEqual(["one.mjs"]);
});

test("says which packages of other people are needed, in the versions that are tested", async () => {
  const { tree } = await compiled({
    "a/package.json": manifest({
      dependencies: { "@b/c": "1.2.3", d: "4.5.6", unused: "1.0.0" },
      imports: { "#e": "e" },
    }),
    "a/src/main.ts": [
      'import "@b/c/deep"; import "d"; import "node:fs"; import "fs";',
      'import { createRequire } from "node:module";',
      'createRequire(import.meta.url).resolve("#e");',
    ].join("\n"),
  });
  expect(tree).toEqual({ dependencies: { "@b/c": "1.2.3", d: "4.5.6" }, imports: { "#e": "e" } });
});

test.each([
  ["is among the devDependencies only", 'import "c";', "is not among the dependencies of a"],
  ["is nowhere", 'import "d";', "is not among the dependencies of a"],
  [
    "a package of ours does not export",
    'import "@sst-gatehouse/blueprint/src";',
    "does not export",
  ],
  [
    "is out of the package",
    'join(import.meta.dirname, "../../../stages.ts")',
    "out of its package",
  ],
  ["does not exist", 'join(import.meta.dirname, "child.ts")', "which does not exist"],
])("refuses what %s", async (_what, source, why) => {
  await expect(
    compiled({
      "a/package.json": manifest({ devDependencies: { c: "1.0.0" } }),
      "a/src/main.ts": source,
    }),
  ).rejects.toThrow(why);
});
