import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { createApp, FolderNotEmptyError } from "./create-app.ts";

const files = {
  "template/gitignore": "node_modules/\n",
  "template/gate.ts": 'name: "__name__"\n',
  "template/src/app.ts": "// __name__ and __name__\n",
};

test("makes an app in a new folder, named after it", async () => {
  const root = await temporaryTree(files);
  const template = join(root, "template");
  const folder = join(root, "apps/My Shop");
  expect(await createApp({ template, folder })).toEqual({ name: "my-shop" });
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
    ".gitignore",
    "gate.ts",
    "src",
    "src/app.ts",
  ]);
  expect(await readFile(join(folder, ".gitignore"), "utf8")).toBe("node_modules/\n");
  expect(await readFile(join(folder, "gate.ts"), "utf8")).toBe('name: "my-shop"\n');
  expect(await readFile(join(folder, "src/app.ts"), "utf8")).toBe("// my-shop and my-shop\n");
});

const templates = join(import.meta.dirname, "../templates");

test.each(await readdir(templates))(
  "an app of the template %s bears its name",
  async (template) => {
    const folder = join(await temporaryTree({}), "My Shop");
    await createApp({ template: join(templates, template), folder });
    const read = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
    expect(await read("README.md")).toMatch(/^# `my-shop`\n/);
    expect(JSON.parse(await read("package.json"))).toMatchObject({ name: "my-shop" });
    expect(await read("gate.ts")).toContain('app: { name: "my-shop", ');
  },
);

test("touches nothing in a folder that somebody has put something into", async () => {
  const root = await temporaryTree({ ...files, "app/notes.txt": "mine" });
  const folder = join(root, "app");
  await expect(createApp({ template: join(root, "template"), folder })).rejects.toThrow(
    new FolderNotEmptyError(folder),
  );
  expect(await readdir(folder)).toEqual(["notes.txt"]);
});
