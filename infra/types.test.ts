import { execFile } from "node:child_process";
import { join } from "node:path";

import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("sst.config.ts and infra/ fit SST's real types", async () => {
  const { code, printed } = await new Promise<{ code: number; printed: string }>((resolve) => {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    execFile(process.execPath, [compiler, "--noEmit", "-p", "infra"], { cwd: root }, (error, out) =>
      resolve({ code: error === null ? 0 : 1, printed: out }),
    );
  });
  expect(printed).toBe("");
  expect(code).toBe(0);
});
