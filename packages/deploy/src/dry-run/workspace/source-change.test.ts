import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { applyChange } from "./source-change.ts";

test("replaces a text, also by one with a dollar sign", async () => {
  const root = await temporaryTree({ "infra/a.ts": "one two three" });
  await applyChange(root, { file: "infra/a.ts", from: "two", to: "$& $1" });
  expect(await readFile(join(root, "infra/a.ts"), "utf8")).toBe("one $& $1 three");
});

const useless: [what: string, from: string, message: string][] = [
  ["does not occur", "four", '"four" occurs 0 times, not once'],
  ["occurs twice", "t", '"t" occurs 2 times, not once'],
];

test.each(useless)("refuses a text that %s", async (_what, from, message) => {
  const root = await temporaryTree({ "a.ts": "one two three" });
  const change = applyChange(root, { file: "a.ts", from, to: "x" });
  await expect(change).rejects.toThrow(TypeError);
  await expect(change).rejects.toThrow(`a.ts: ${message}`);
  expect(await readFile(join(root, "a.ts"), "utf8")).toBe("one two three");
});

test("refuses an empty text", async () => {
  const root = await temporaryTree({ "a.ts": "ab" });
  await expect(applyChange(root, { file: "a.ts", from: "", to: "x" })).rejects.toThrow(TypeError);
});
