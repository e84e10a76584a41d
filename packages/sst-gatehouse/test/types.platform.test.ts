import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test("sst.config.ts and the component fit SST's real types", async () => {
  const check = join(root, "packages/sst-gatehouse/test/support/check-types.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [check], { cwd: root });
  // Each line is the path of a file, or what is wrong with one.
  const printed = stdout.trim().split("\n");
  expect(printed.filter((line) => !/^[\w./-]+\.ts$/.test(line))).toEqual([]);
  const component = "packages/sst-gatehouse/src/component";
  const sources = readdirSync(join(root, component)).map((name) => `${component}/${name}`);
  expect(printed).toEqual(expect.arrayContaining(["sst.config.ts", ...sources]));
});
