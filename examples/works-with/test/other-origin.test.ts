import { createServer } from "node:http";
import { join } from "node:path";

import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";

import { chromiumPage } from "./browser";
import { playedGate, sha256 } from "./gate";

const gate = playedGate();
const page = chromiumPage();

/** The listed one. A page that nobody serves would be of no network, and Chromium keeps those from this machine. */
const port = 5173;
const frontEnd = createServer((_request, response) =>
  response.setHeader("content-type", "text/html").end("<!doctype html><title>front end</title>"),
);
afterAll(() => void frontEnd.close());

test("tRPC's stream, Apollo's upload, react-admin's count and tus pass from a listed origin", async ({
  skip,
}) => {
  const listening = await new Promise((resolve) =>
    frontEnd.once("error", resolve).listen(port, "localhost", () => resolve(true)),
  );
  skip(listening !== true, `port ${port}, which gate.ts lists, is taken`);
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "clients-of-a-page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  await page.current.goto(`http://localhost:${port}/`);
  await page.current.addScriptTag({ type: "module", content: outputFiles[0]?.text ?? "" });
  await page.current.waitForFunction("globalThis.useClients");
  const { url, as } = gate.current;
  const results = await page.current.evaluate(
    ({ app, token }) =>
      (
        globalThis as unknown as { useClients(app: string, token: string): Promise<unknown> }
      ).useClients(app, token),
    { app: url, token: await as("alice").token() },
  );
  expect(results).toEqual({
    trpc: [42, 3],
    apollo: { upload: `a.txt ${sha256(Buffer.from("abc"))}` },
    admin: 37,
    tus: "true",
  });
});
