import fs, { appendFileSync, cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { watchSources } from "./source-watch.ts";

const files = [
  "access.ts",
  "gate.ts",
  "vitest.config.ts",
  "src/app.ts",
  "src/app.test.ts",
  "src/routes/books.ts",
];
/** What the build has read. */
const read = ["access.ts", "gate.ts", "src/app.ts", "src/routes/books.ts"];

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "gatehouse-watch-")));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
});

type Handle = (paths: readonly string[]) => Promise<boolean>;

/** Every call's paths, sorted. */
function watchUntilDone(handle: Handle = async () => true): string[][] {
  const calls: string[][] = [];
  const watching = watchSources(root, (paths) => {
    calls.push(paths.toSorted());
    return handle(paths);
  });
  watching.follow(new Set(read.map((file) => join(root, file))), "these");
  onTestFinished(() => watching.close());
  return calls;
}

const edit = (file: string): void => appendFileSync(join(root, file), "// edited\n");

/** As editors do it that keep the old file until the new one is complete. */
function replace(file: string): void {
  writeFileSync(join(root, `${file}.tmp`), "// replaced\n");
  renameSync(join(root, `${file}.tmp`), join(root, file));
}

test.each(read)("names %s when it was edited or replaced, each time", async (file) => {
  const calls = watchUntilDone();
  edit(file);
  await vi.waitFor(() => expect(calls).toEqual([[file]]));
  replace(file);
  await vi.waitFor(() => expect(calls).toEqual([[file], [file]]));
  edit(file);
  await vi.waitFor(() => expect(calls).toEqual([[file], [file], [file]]));
});

test("names all files of one change, and not what the build did not read", async () => {
  const calls = watchUntilDone();
  edit("vitest.config.ts");
  edit("src/app.test.ts");
  edit("src/routes/books.ts");
  edit("access.ts");
  await vi.waitFor(() => expect(calls).toEqual([["access.ts", "src/routes/books.ts"]]));
});

/** As the stack does: after each build it says anew what was read. */
function watchEachBuild(): string[][] {
  const calls: string[][] = [];
  const all = new Set(read.map((file) => join(root, file)));
  const watching = watchSources(root, async (paths) => {
    watching.follow(all, "these");
    calls.push(paths.toSorted());
    return true;
  });
  onTestFinished(() => watching.close());
  watching.follow(all, "these");
  return calls;
}

test("follows a folder that goes and comes again, and what lies in it then", async () => {
  const calls = watchEachBuild();
  renameSync(join(root, "src"), join(root, "away"));
  await vi.waitFor(() => expect(calls).toEqual([["src"]]));
  edit("away/app.ts");
  renameSync(join(root, "away"), join(root, "src"));
  await vi.waitFor(() => expect(calls).toEqual([["src"], ["src"]]));
  edit("src/routes/books.ts");
  await vi.waitFor(() => expect(calls.slice(2)).toEqual([["src/routes/books.ts"]]));
});

test("follows a folder that another has replaced at once", async () => {
  const calls = watchEachBuild();
  renameSync(join(root, "src"), join(root, "away"));
  cpSync(join(root, "away"), join(root, "src"), { recursive: true });
  await vi.waitFor(() => expect(calls).toEqual([["src"]]));
  edit("away/app.ts");
  edit("src/routes/books.ts");
  await vi.waitFor(() => expect(calls.slice(1)).toEqual([["src/routes/books.ts"]]));
});

test("names a new file beside those of a build that failed, and only then", async () => {
  const calls: string[][] = [];
  const watching = watchSources(root, async (paths) => calls.push(paths.toSorted()) > 0);
  onTestFinished(() => watching.close());
  watching.follow(new Set([join(root, "src/app.ts")]), "new ones too");
  edit("src/missing.ts");
  edit("src/notes.md");
  await vi.waitFor(() => expect(calls).toEqual([["src/missing.ts"]]));
  watching.follow(new Set([join(root, "src/app.ts")]), "these");
  edit("src/missing.ts");
  edit("src/app.ts");
  await vi.waitFor(() => expect(calls.slice(1)).toEqual([["src/app.ts"]]));
});

test("follows a file of a package that lies beside the app", async () => {
  const calls: string[][] = [];
  const app = join(root, "src");
  const watching = watchSources(app, async (paths) => calls.push(paths.toSorted()) > 0);
  onTestFinished(() => watching.close());
  watching.follow(new Set([join(root, "access.ts")]), "these");
  edit("access.ts");
  await vi.waitFor(() => expect(calls).toEqual([["../access.ts"]]));
});

test("calls once at a time; what is edited meanwhile comes next", async () => {
  const answers: ((done: boolean) => void)[] = [];
  const calls = watchUntilDone(() => new Promise((resolve) => answers.push(resolve)));
  edit("access.ts");
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  edit("access.ts");
  edit("gate.ts");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toHaveLength(1);
  answers[0]?.(true);
  await vi.waitFor(() => expect(calls).toEqual([["access.ts"], ["access.ts", "gate.ts"]]));
  answers[1]?.(true);
});

test("brings what could not be dealt with again, together with the next change", async () => {
  const answers = [false, true, true];
  const calls = watchUntilDone(async () => answers.shift() ?? true);
  edit("gate.ts");
  await vi.waitFor(() => expect(calls).toEqual([["gate.ts"]]));
  edit("access.ts");
  await vi.waitFor(() => expect(calls.slice(1)).toEqual([["access.ts", "gate.ts"]]));
  edit("access.ts");
  await vi.waitFor(() => expect(calls.slice(2)).toEqual([["access.ts"]]));
});

test("calls no more once it is closed", async () => {
  const calls: unknown[] = [];
  const watching = watchSources(root, async (paths) => calls.push(paths) > 0);
  watching.follow(new Set([join(root, "access.ts")]), "these");
  edit("access.ts");
  await watching.close();
  edit("access.ts");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toEqual([]);
});

test("goes on with what it may watch, and says once that the system watches no more", async () => {
  const watchFolder = fs.watch;
  const limited = vi.spyOn(fs, "watch").mockImplementation((folder, ...rest) => {
    if (String(folder).endsWith("src")) return Reflect.apply(watchFolder, fs, [folder, ...rest]);
    throw new Error(`ENOSPC: no more watchers, watch '${String(folder)}'`);
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    limited.mockRestore();
    syncBuiltinESMExports();
  });
  const calls: (readonly string[])[] = [];
  const reasons: string[] = [];
  const watching = watchSources(
    root,
    async (paths) => calls.push(paths) > 0,
    (reason) => reasons.push(reason),
  );
  onTestFinished(() => watching.close());
  watching.follow(new Set(read.map((file) => join(root, file))), "these");
  edit("src/app.ts");
  await vi.waitFor(() => expect(calls).toEqual([["src/app.ts"]]));
  expect(reasons).toEqual([`ENOSPC: no more watchers, watch '${root}'`]);
});
