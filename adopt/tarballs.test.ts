import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { buildEdge } from "@sst-gatehouse/edge/build";
import { publint } from "publint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { packAll } from "../repository/package/pack-all.ts";
import { packageOf, readManifest, root } from "../repository/package/workspace.ts";

const { tarballs, guardSha256 } = inject("packed");

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatehouse-tarballs-"));
  for (const { name, file } of tarballs)
    execFileSync("sh", [
      "-c",
      'mkdir "$1" && tar xzf "$2" -C "$1"',
      "sh",
      join(scratch, name),
      file,
    ]);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** In place of the bytes, whose difference nobody could read and vitest looks for all day. */
const hashOf = async (file: string): Promise<string> => hash("sha256", await readFile(file));
const unpacked = (name: string): string => join(scratch, name, "package");

test("there are three, of the version that the root's package.json says", () => {
  const { version } = readManifest(root);
  expect(tarballs.map(({ name, version: packed }) => [name, packed])).toEqual([
    ["sst-gatehouse", version],
    ["sst-gatehouse-dev", version],
    ["create-sst-gatehouse", version],
  ]);
});

test("packing again gives the same bytes", async () => {
  const again = await packAll(join(scratch, "again"));
  for (const [index, { file }] of again.tarballs.entries())
    expect(await hashOf(file)).toBe(await hashOf(tarballs[index]?.file ?? ""));
});

test("the guard is what buildEdge gives, and nothing else, and has the hash that is printed", async () => {
  const built = join(scratch, "guard");
  await buildEdge(built);
  const files = await readdir(built);
  const guard = join(unpacked("sst-gatehouse"), "guard");
  expect(await readdir(guard)).toEqual(files);
  expect(files).toContain("lambda.cjs");
  for (const file of files)
    expect([file, await hashOf(join(guard, file))]).toEqual([
      file,
      await hashOf(join(built, file)),
    ]);
  const printed = execFileSync("sh", ["-c", "LC_ALL=C sha256sum *.cjs | sha256sum"], {
    cwd: guard,
  });
  expect(printed.toString()).toBe(`${guardSha256}  -\n`);
});

describe.each(tarballs)("$name", ({ name, file, contents }) => {
  const paths = contents.map(({ path }) => path);

  test("holds no test, no vector, no fixture and no TypeScript for Node", () => {
    expect(
      paths
        .filter(
          (path) =>
            /\.test\.|(^|\/)(tests?|vectors|fixtures|node_modules)\//.test(path) ||
            /(?<!\.d)\.[mc]?tsx?$/.test(path),
        )
        .filter((path) => !path.startsWith("templates/")),
    ).toEqual([]);
  });

  test("has its licence, and says what it is", async () => {
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const manifest = JSON.parse(await readFile(join(unpacked(name), "package.json"), "utf8"));
    expect(manifest).toMatchObject({ name, license: "MIT", type: "module" });
    expect(manifest.description).not.toBe("");
  });

  test("runs nothing when it is installed, and pins what it brings", async () => {
    const manifest = JSON.parse(await readFile(join(unpacked(name), "package.json"), "utf8"));
    expect(manifest).not.toHaveProperty("scripts");
    for (const version of Object.values(manifest.dependencies ?? {}))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("names nothing of this workspace, this machine or a registry", async () => {
    const found: string[] = [];
    for (const path of paths) {
      const text = await readFile(join(unpacked(name), path), "utf8");
      const secrets = [root, homedir() === "/" ? root : `${homedir()}/`, "workspace:"];
      for (const what of secrets) if (text.includes(what)) found.push(`${path}: ${what}`);
      if (/\bregistry\.[\w.-]+\.(org|com|io|dev)\b/.test(text)) found.push(`${path}: a registry`);
    }
    expect(found).toEqual([]);
  });

  test("holds no key, credential or token", async () => {
    const secrets: Readonly<Record<string, RegExp>> = {
      "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----\\?n?[\w+/=\\\s]{40}/,
      "an access key id of AWS": /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
      "a token": /\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}/,
    };
    const found: string[] = [];
    for (const path of paths) {
      const text = await readFile(join(unpacked(name), path), "utf8");
      for (const [what, pattern] of Object.entries(secrets))
        if (pattern.test(text)) found.push(`${path}: ${what}`);
    }
    expect(found).toEqual([]);
  });

  test("imports what it brings, what it asks to be beside it, and Node's own", async () => {
    const manifest = JSON.parse(await readFile(join(unpacked(name), "package.json"), "utf8"));
    const known = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const foreign: string[] = [];
    for (const path of paths.filter((one) => /\.([mc]?js|d\.ts)$/.test(one))) {
      const text = await readFile(join(unpacked(name), path), "utf8");
      for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
        const fine = fileName.startsWith(".")
          ? isThere(join(unpacked(name), dirname(path), fileName))
          : fileName.startsWith("#")
            ? fileName in (manifest.imports ?? {})
            : // SST's platform has Pulumi's packages, and SST's bundler finds them there.
              isBuiltin(fileName) ||
              known.includes(packageOf(fileName)) ||
              fileName.startsWith("@pulumi/");
        if (!fine) foreign.push(`${path}: ${fileName}`);
      }
    }
    expect(foreign).toEqual([]);
  });

  test("is what npm, Node and bundlers expect, says publint", async () => {
    const { buffer } = new Uint8Array(await readFile(file));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).toEqual([]);
  });
});

test.each(tarballs.filter(({ name }) => !name.startsWith("create-")))(
  "$name has types that resolve under node16 and bundler",
  async ({ file }) => {
    const checked = await checkPackage(createPackageFromTarballData(await readFile(file)));
    if (checked.types === false) throw new Error("it has no types");
    // It is for modules: `require()` gets it from Node 22.12 on, and TypeScript's node10 knows no `exports`.
    const others = ["node10", "node16-cjs"];
    expect(
      checked.problems.filter(
        (problem) =>
          !("resolutionKind" in problem && others.includes(problem.resolutionKind)) &&
          !("resolutionOption" in problem && others.includes(problem.resolutionOption)),
      ),
    ).toEqual([]);
  },
);

/**
 * Declarations name the JavaScript beside them, the guard's files data that a deploy puts beside them, and what plays the
 * guard a module that builds it where it is not installed.
 */
function isThere(path: string): boolean {
  return (
    existsSync(path) ||
    existsSync(path.replace(/\.js$/, ".d.ts")) ||
    /\/guard\/(settings|access|sealing)\.json$/.test(path) ||
    path.endsWith("/guard-from-source.js")
  );
}
