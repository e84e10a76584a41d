import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { installPlatform } from "../platform/platform.ts";
import { sharePlatform } from "../platform/share-platform.ts";
import { applyChange, type SourceChange } from "../workspace/source-change.ts";
import { copySources } from "../workspace/source-copy.ts";
import { keepGuardBundle } from "./guard-bundle.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const original = join(import.meta.dirname, "../../../../..");
let scratch: string;
let project: string;
beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), "gatehouse-guard-")));
  project = join(scratch, "project");
  await mkdir(project);
  await copySources(original, project);
  await sharePlatform(await installPlatform(original), project);
});
afterAll(() => rm(scratch, { recursive: true }));

/** Where bundles are kept for the copy with some changes; undefined when none are. */
async function keptWith(...changes: readonly SourceChange[]): Promise<string | undefined> {
  const files = changes.map(({ file }) => file);
  const before = await Promise.all(files.map((file) => readFile(join(project, file), "utf8")));
  for (const change of changes) await applyChange(project, change);
  await keepGuardBundle({ project, original, scratch }, files);
  for (const [index, file] of files.entries())
    await applyChange(project, { file, content: before[index] ?? "" });
  const script = await readFile(join(project, "node_modules/.bin/node"), "utf8");
  const [, kept] = /\?kept=([^']+)/.exec(script) ?? [];
  return kept === undefined ? undefined : decodeURIComponent(kept);
}

/** The end of a file. */
async function comment(file: string): Promise<SourceChange> {
  return { file, content: `${await readFile(join(project, file), "utf8")}\n// more` };
}

test("what does not go into the guard shares its bundle, what does has another one", async () => {
  const own = await keptWith();
  expect(own).toMatch(/kept-builds\/[0-9a-f]{64}$/);
  const infra = { file: "infra/guard.ts", from: "publish: true,", to: "publish: false," };
  expect(await keptWith(infra, await comment("stages.ts"))).toBe(own);
  const parts = [
    "packages/edge/src/lambda.ts",
    "packages/edge/build.ts",
    "packages/core/src/errors.ts",
    "packages/blueprint/src/aws/parameters.ts",
  ];
  const others = [];
  for (const file of parts) others.push(await keptWith(await comment(file)));
  others.push(await keptWith({ file: "packages/edge/package.json", content: "{}" }));
  expect(new Set([own, ...others]).size).toBe(6);
  expect(others).not.toContain(undefined);
});

test("sources that cannot be bundled keep nothing: the build itself says why", async () => {
  const broken = { file: "packages/edge/src/lambda.ts", content: "import './nowhere.ts';" };
  expect(await keptWith(broken)).toBeUndefined();
});

test("a kept bundle is the same, byte for byte", async () => {
  const kept = (await keptWith()) ?? "";
  const build = async (name: string): Promise<Record<string, string>> => {
    const out = join(scratch, name);
    const node = join(project, "node_modules/.bin/node");
    await promisify(execFile)(node, [join(project, "packages/edge/build.ts"), "--outdir", out]);
    const files = (await readdir(out)).toSorted();
    const texts = files.map(async (file) => [file, await readFile(join(out, file), "latin1")]);
    return Object.fromEntries(await Promise.all(texts));
  };
  expect(await readdir(kept)).toEqual([]);
  const first = await build("first");
  expect(Object.keys(first)).toContain("lambda.cjs");
  expect(await readdir(kept)).toHaveLength(Object.keys(first).length);
  expect(await build("second")).toEqual(first);
  expect(await readdir(kept)).toHaveLength(Object.keys(first).length);
});
