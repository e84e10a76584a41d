import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { standInFor } from "./stand-in.ts";

test.each([
  ["that gate.ts names no handler", undefined, "gate.ts names no handler for the backend py"],
  ["why else its code is not here", "It is Python.", "It is Python."],
])("answers for a backend with 501, and says %s", async (_what, detail, words) => {
  const into = join(await temporaryTree(), "py");
  const bundle = await standInFor("py", into, detail);
  expect(bundle).toEqual({ directory: into, handler: "stand-in.handler", standIn: true });
  const code = await readFile(join(into, "stand-in.mjs"), "utf8");
  expect(code).toContain('"statusCode":501');
  expect(code).toContain(words);
});
