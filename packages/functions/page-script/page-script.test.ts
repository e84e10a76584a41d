import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { bundlePageScript, pageScriptFile, pageScriptModule } from "./bundle.ts";
import { pageScript } from "./page-script.ts";

test("the page's script is the one that its sources make; `pnpm build` brings it up to date", async () => {
  expect(await readFile(pageScriptFile, "utf8")).toBe(await pageScriptModule());
  expect(pageScript).toBe(await bundlePageScript());
});

test("the script is whole, small, and names nothing of the machine that made it", () => {
  expect(pageScript.startsWith("async function ")).toBe(true);
  expect(pageScript.endsWith("\n")).toBe(true);
  expect(pageScript).toContain(".split(`\n\n`)");
  expect(pageScript).toMatch(/`\$\{\w+\}: waiting for the answer`/);
  expect(pageScript).not.toContain(import.meta.dirname);
  expect(pageScript.length).toBeLessThan(7000);
});
