import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { expect, onTestFinished, test } from "vitest";

import { startGatehouse } from "../src/testing.ts";
import { appWithSite } from "./app-with-site.ts";

const app = {
  rules: { "/": "anyone", "/books/*": "anyone", "/assets/*": "anyone", "/api/*": "signed-in" },
  site: {
    component: "StaticSite",
    path: "web",
    build: { command: "vite build", output: "dist" },
  },
  files: {
    "web/dist/index.html": "<!doctype html>app",
    "web/dist/robots.txt": "all",
    "web/dist/assets/app-3f.js": "export {};",
  },
} as const;

test("plays an app's StaticSite: what a rule opens, from the built folder and the cache; the guard has the rest", async () => {
  const root = await appWithSite(app);
  const gate = await startGatehouse({ root });
  onTestFinished(() => gate.close());
  const alice = gate.as("alice");
  const seen = async (answer: Response) => [
    answer.status,
    answer.headers.get("cache-control"),
    answer.headers.get("x-cache")?.split(" ")[0],
    answer.headers.get("strict-transport-security"),
    await answer.text(),
  ];
  const page = "max-age=0,no-cache,no-store,must-revalidate";
  expect(await seen(await gate.fetch("/"))).toEqual([
    200,
    page,
    "Miss",
    null,
    "<!doctype html>app",
  ]);
  // A page of the app's own router.
  expect(await (await gate.fetch("/books/7")).text()).toBe("<!doctype html>app");
  const asset = "/assets/app-3f.js";
  const kept = "max-age=31536000,public,immutable";
  expect(await seen(await gate.fetch(asset))).toEqual([200, kept, "Miss", null, "export {};"]);
  const session = { headers: { authorization: "Bearer nonsense" } };
  expect(await seen(await gate.fetch(asset, session))).toEqual([
    200,
    kept,
    "Hit",
    null,
    "export {};",
  ]);
  expect((await gate.fetch("/assets/none.js")).status).toBe(403);

  expect((await gate.fetch("/api/me")).code).toBe("token_missing");
  expect(await (await alice.fetch("/api/me")).json()).toEqual({ ok: true });
  // What no rule covers is refused, although there is such a file.
  expect((await alice.fetch("/robots.txt")).code).toBe("access_denied");
  expect((await gate.fetch("/.auth/refresh", { method: "POST" })).status).toBe(403);

  // Built again: shown once CloudFront asks again.
  writeFileSync(join(root, "web/dist/index.html"), "new");
  gate.clock.advance(2);
  expect(await (await gate.fetch("/")).text()).toBe("new");
});

test("plays a development server for it, with the files that only that server has, and no page without a rule", async () => {
  const server = await startLoopbackServer();
  onTestFinished(() => server.close());
  server.handle = async ({ url }, response) => void response.end(`dev ${url}`);
  const root = await appWithSite({ ...app, devServer: server.origin });
  const gate = await startGatehouse({ root });
  onTestFinished(() => gate.close());
  for (const path of ["/", "/books/7?x", "/@vite/client", "/src/main.ts?t=1", "/assets/a"])
    expect(await (await gate.fetch(path)).text()).toBe(`dev ${path}`);
  for (const path of ["/members", "/.auth/x.json", "/.well-known/x.json"])
    expect((await (await gate.fetch(path)).text()).startsWith("dev")).toBe(false);
  expect((await gate.fetch("/members")).code).toBe("access_denied");
  expect((await gate.fetch("/api/x.json")).code).toBe("token_missing");
});
