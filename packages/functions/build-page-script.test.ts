import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { pageScriptFile, pageScriptModule } from "./build-page-script.ts";
import { pageScript } from "./src/page/script.ts";

test("the page's script is the one that its sources make; `pnpm build` brings it up to date", async () => {
  expect(await readFile(pageScriptFile, "utf8")).toBe(await pageScriptModule());
});

test("the script is whole, small, and names nothing of the machine that made it", () => {
  expect(pageScript.startsWith("// src/page/browser/call-api.ts\n")).toBe(true);
  expect(pageScript.endsWith("\n")).toBe(true);
  expect(pageScript).toContain('received.split("\\n\\n")');
  expect(pageScript).toContain("`${name}: waiting for the answer`");
  expect(pageScript).not.toContain(import.meta.dirname);
  expect(pageScript.length).toBeLessThan(6000);
});
