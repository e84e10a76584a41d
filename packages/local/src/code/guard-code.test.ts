import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { guardCode } from "./guard-code.ts";

test("an app has the guard ready in its package, whatever the package is made of", async () => {
  const root = await temporaryTree({
    "node_modules/sst-gatehouse/package.json": '{ "version": "1.2.3" }',
    "node_modules/sst-gatehouse/guard/lambda.cjs": "the guard",
    "node_modules/sst-gatehouse/guard/responses.cjs": "its answers",
  });
  const into = await temporaryTree();
  const reads = new Set<string>();
  await guardCode(root, into, reads);
  expect((await readdir(into)).toSorted()).toEqual(["lambda.cjs", "responses.cjs"]);
  expect(await readFile(join(into, "lambda.cjs"), "utf8")).toBe("the guard");
  expect([...reads]).toEqual([]);
});

test("in this repository it is built from its sources, which are watched", async () => {
  const into = await temporaryTree();
  const reads = new Set<string>();
  await guardCode(import.meta.dirname, into, reads);
  expect(await readdir(into)).toContain("lambda.cjs");
  const packages = join(import.meta.dirname, "../../..");
  for (const file of ["edge/src/lambda.ts", "core/src/caller.ts", "blueprint/src/stage/gate.ts"])
    expect(reads).toContain(join(packages, file));
  expect([...reads].filter((path) => path.includes(".test.ts"))).toEqual([]);
});

test("an app without the package is told to install it", async () => {
  const root = await temporaryTree({ "package.json": "{}" });
  await expect(guardCode(root, root, new Set())).rejects.toThrow(
    `The package sst-gatehouse is not installed for ${root}. Add it to the dependencies there: npm install sst-gatehouse`,
  );
});
