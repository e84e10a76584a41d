import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";

const preload = pathToFileURL(join(import.meta.dirname, "keep-builds.ts"));

/** A build whose bundler writes what it was asked for, and counts. */
const files = {
  "node_modules/esbuild/package.json": '{"name":"esbuild","type":"module","exports":"./main.js"}',
  "node_modules/esbuild/main.js": `
    import { appendFileSync, writeFileSync } from "node:fs";
    export const version = "own";
    export async function build(options) {
      appendFileSync("calls", "x");
      if (options.outfile === undefined) return { outputFiles: ["in memory"] };
      writeFileSync(options.outfile, JSON.stringify(options.define));
    }`,
  "build.mjs": `
    import { mkdirSync } from "node:fs";
    import { build, version } from "esbuild";
    const [out, word] = process.argv.slice(2);
    mkdirSync(out);
    await build({ outfile: out + "/a.cjs", define: { word } });
    const { outputFiles } = await build({ write: false });
    console.log(version, ...outputFiles);`,
};

function run(root: string, kept: string, ...args: readonly string[]): Promise<string> {
  const imported = new URL(`?kept=${encodeURIComponent(join(root, kept))}`, preload);
  const words = ["--disable-warning=ExperimentalWarning", "--import", imported.href, "build.mjs"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...words, ...args], { cwd: root }, (error, out) =>
      error === null ? resolve(out.trim()) : reject(error),
    );
  });
}

// Each run also asks for what is not kept, a bundle in memory.

test("a build is done once for the same options, and its bundler is the build's own", async () => {
  const root = await temporaryTree(files);
  await mkdir(join(root, "kept"));
  expect(await run(root, "kept", "one", "x")).toBe("own in memory");
  await run(root, "kept", "two", "x");
  expect(await readFile(join(root, "calls"), "utf8")).toBe("xxx");
  expect(await readFile(join(root, "two/a.cjs"), "utf8")).toBe('{"word":"x"}');
});

test("a build with other options, or of other files, is done again", async () => {
  const root = await temporaryTree(files);
  for (const kept of ["kept", "other"]) await mkdir(join(root, kept));
  await run(root, "kept", "one", "x");
  await run(root, "kept", "two", "y");
  await run(root, "other", "three", "x");
  expect(await readFile(join(root, "calls"), "utf8")).toBe("x".repeat(6));
  expect(await readFile(join(root, "two/a.cjs"), "utf8")).toBe('{"word":"y"}');
});
