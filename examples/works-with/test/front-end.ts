import { createServer } from "node:http";
import { join } from "node:path";

import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";

/**
 * A front end on another origin for the tests of a file, all of it one script; skips them where the port is taken. A page
 * that nobody serves would be of no network, and Chromium keeps those from this machine.
 *
 * @param port one that gate.ts lists, and no other file takes.
 */
export function servedFrontEnd(port: number, script: string): { readonly origin: string } {
  let text = "";
  const server = createServer(({ url = "" }, response) => {
    if (url === "/script.js") response.setHeader("content-type", "text/javascript").end(text);
    else
      response
        .setHeader("content-type", "text/html")
        .end(`<!doctype html><title>front end</title><script type=module src=/script.js></script>`);
  });
  let listening = false;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, script)],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      logLevel: "silent",
      define: { "process.env.NODE_ENV": '"production"' },
    });
    text = outputFiles[0]?.text ?? "";
    listening = await new Promise((resolve) =>
      server.once("error", () => resolve(false)).listen(port, "localhost", () => resolve(true)),
    );
  });
  afterAll(() => void server.close());
  beforeEach(({ skip }) => skip(!listening, `port ${port}, which gate.ts lists, is taken`));
  return { origin: `http://localhost:${port}` };
}

/** Calls what the script has put into its page by name. */
export async function callPage(page: Page, name: string, ...given: unknown[]): Promise<unknown> {
  await page.waitForFunction((of) => of in globalThis, name);
  return page.evaluate(([of, values]) => (globalThis as unknown as Functions)[of]?.(...values), [
    name,
    given,
  ] as const);
}
type Functions = Record<string, (...given: readonly unknown[]) => unknown>;
