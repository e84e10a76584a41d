import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { watchSources } from "./source-watch.ts";

const files = [
  "access.ts",
  "stages.ts",
  "vitest.config.ts",
  "packages/backend/src/caller.ts",
  "packages/blueprint/src/aws/edge-role.ts",
  "packages/client/src/create-fetch.ts",
  "packages/core/src/sigv4/signer.ts",
  "packages/edge/src/session/cookies.ts",
  "packages/functions/src/app.ts",
  "packages/functions/src/app.test.ts",
  "packages/functions/src/notes.md",
];

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
  onTestFinished(() => watching.close());
  return calls;
}

const edit = (file: string): void => appendFileSync(join(root, file), "// edited\n");

/** As editors do it that keep the old file until the new one is complete. */
function replace(file: string): void {
  writeFileSync(join(root, `${file}.tmp`), "// replaced\n");
  renameSync(join(root, `${file}.tmp`), join(root, file));
}

test.each([
  "access.ts",
  "stages.ts",
  "packages/backend/src/caller.ts",
  "packages/blueprint/src/aws/edge-role.ts",
  "packages/client/src/create-fetch.ts",
  "packages/core/src/sigv4/signer.ts",
  "packages/edge/src/session/cookies.ts",
  "packages/functions/src/app.ts",
])("names %s when it was edited or replaced, each time", async (file) => {
  const calls = watchUntilDone();
  edit(file);
  await vi.waitFor(() => expect(calls).toEqual([[file]]));
  replace(file);
  await vi.waitFor(() => expect(calls).toEqual([[file], [file]]));
  edit(file);
  await vi.waitFor(() => expect(calls).toEqual([[file], [file], [file]]));
});

test("names all files of one change, and not what no function is built from", async () => {
  const calls = watchUntilDone();
  edit("vitest.config.ts");
  edit("packages/functions/src/app.test.ts");
  edit("packages/functions/src/notes.md");
  edit("packages/core/src/sigv4/signer.ts");
  edit("access.ts");
  await vi.waitFor(() =>
    expect(calls).toEqual([["access.ts", "packages/core/src/sigv4/signer.ts"]]),
  );
});

test("follows folders that come, go and move", async () => {
  const calls = watchUntilDone();
  const expectCall = async (...expected: string[]): Promise<void> => {
    await vi.waitFor(() => expect(calls).toEqual([expected]));
    calls.length = 0;
  };
  mkdirSync(join(root, "draft/deep"), { recursive: true });
  writeFileSync(join(root, "draft/deep/new.ts"), "");
  renameSync(join(root, "draft"), join(root, "packages/core/src/added"));
  await expectCall("packages/core/src/added");
  edit("packages/core/src/added/deep/new.ts");
  await expectCall("packages/core/src/added/deep/new.ts");
  renameSync(join(root, "packages/core/src/added/deep"), join(root, "packages/core/src/moved"));
  await expectCall("packages/core/src/added/deep", "packages/core/src/moved");
  edit("packages/core/src/moved/new.ts");
  await expectCall("packages/core/src/moved/new.ts");
  renameSync(join(root, "packages/core/src/moved"), join(root, "gone"));
  await expectCall("packages/core/src/moved");
  edit("gone/new.ts");
  edit("packages/core/src/sigv4/signer.ts");
  await expectCall("packages/core/src/sigv4/signer.ts");
});

test("calls once at a time; what is edited meanwhile comes next", async () => {
  const answers: ((done: boolean) => void)[] = [];
  const calls = watchUntilDone(() => new Promise((resolve) => answers.push(resolve)));
  edit("access.ts");
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  edit("access.ts");
  edit("stages.ts");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toHaveLength(1);
  answers[0]?.(true);
  await vi.waitFor(() => expect(calls).toEqual([["access.ts"], ["access.ts", "stages.ts"]]));
  answers[1]?.(true);
});

test("brings what could not be dealt with again, together with the next change", async () => {
  const answers = [false, true, true];
  const calls = watchUntilDone(async () => answers.shift() ?? true);
  edit("stages.ts");
  await vi.waitFor(() => expect(calls).toEqual([["stages.ts"]]));
  edit("access.ts");
  await vi.waitFor(() => expect(calls.slice(1)).toEqual([["access.ts", "stages.ts"]]));
  edit("access.ts");
  await vi.waitFor(() => expect(calls.slice(2)).toEqual([["access.ts"]]));
});

test("calls no more once it is closed", async () => {
  const calls: unknown[] = [];
  const watching = watchSources(root, async (paths) => calls.push(paths) > 0);
  edit("access.ts");
  await watching.close();
  edit("access.ts");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toEqual([]);
});
