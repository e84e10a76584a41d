import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkGraph } from "sst-gatehouse-dev/graph";
import { expect, onTestFinished, test } from "vitest";

import { copyRepository } from "../support/repository-copy.ts";

test("an app's own test asks for what plan refuses", async () => {
  const copy = copyRepository();
  onTestFinished(() => copy.remove());
  // Anywhere in the app will do.
  const root = join(copy.root, "packages/functions");
  expect(await checkGraph({ root, stage: "anna" })).toEqual([]);

  const file = join(copy.root, "packages/sst-gatehouse/src/component/lock.ts");
  const source = readFileSync(file, "utf8");
  expect(source).toContain('authorization: "iam"');
  writeFileSync(file, source.replace('authorization: "iam"', 'authorization: "none"'));
  const violations = await checkGraph({ root, stage: "anna" });
  expect(violations.map(({ rule }) => rule)).toContain("function-url-auth");

  await expect(checkGraph({ root, stage: "live" })).rejects.toThrow("this looks like production");
});
