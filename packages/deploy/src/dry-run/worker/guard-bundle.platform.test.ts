import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defineAccess } from "@sst-gatehouse/core/access";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { guardData } from "../../../test/guard-data.ts";
import { makeGuardArtifact, type GuardData } from "../../guard-artifact.ts";
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
  return /mktemp -d '(.+)\/XXXXXX'/.exec(script)?.[1];
}

/** The end of a file. */
async function comment(file: string): Promise<SourceChange> {
  return { file, content: `${await readFile(join(project, file), "utf8")}\n// more` };
}

test("what does not go into the guard shares its bundle, what does has another one", async () => {
  const own = await keptWith();
  expect(own).toMatch(/\/guard-\w{6}$/);
  const infra = {
    file: "packages/sst-gatehouse/src/component/guard.ts",
    from: "publish: true,",
    to: "publish: false,",
  };
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

async function build(name: string, of: GuardData): Promise<Record<string, string>> {
  const out = join(scratch, name);
  await makeGuardArtifact(project, out, of);
  const files = (await readdir(out)).toSorted();
  const texts = files.map(async (file) => [file, await readFile(join(out, file), "latin1")]);
  return Object.fromEntries(await Promise.all(texts));
}

test("a guard is built once, and then copied, byte for byte", async () => {
  const kept = (await keptWith()) ?? "";
  const first = await build("first", guardData);
  expect(Object.keys(first)).toContain("lambda.cjs");
  expect(await readdir(kept)).toEqual(["built"]);
  // What is kept is what comes out.
  await writeFile(join(kept, "built/lambda.cjs"), "kept");
  expect(await build("second", guardData)).toEqual({ ...first, "lambda.cjs": "kept" });
  const access = defineAccess({ scopes: ["api/write"], rules: { "/*": "signed-in" } });
  const { "access.json": rules, ...code } = await build("third", { ...guardData, access });
  expect({ ...code, "access.json": first["access.json"] }).toEqual({
    ...first,
    "lambda.cjs": "kept",
  });
  expect(rules).not.toBe(first["access.json"]);
});

test("a build that fails is not kept, and says why each time", async () => {
  // Over its budget of bytes: what the bundler itself refuses is not kept at all, see above.
  const file = "packages/edge/src/once.ts";
  const before = await readFile(join(project, file), "utf8");
  const large = `globalThis.much = ${JSON.stringify(randomBytes(40_000).toString("base64"))};`;
  await applyChange(project, { file, content: `${before}\n${large}` });
  await keepGuardBundle({ project, original, scratch }, [file]);
  for (const name of ["bad", "bad again"])
    await expect(build(name, guardData)).rejects.toThrow(
      /The guard could not be built: [\s\S]*the budget is/,
    );
  await applyChange(project, { file, content: before });
});
