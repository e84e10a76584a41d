import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { startGatehouse } from "../src/testing.ts";
import { foreignApp } from "./foreign-app.ts";

const gateOf = (more = "") => `import { defineGate } from "sst-gatehouse";
import { access } from "./access";
export const gate = defineGate({
  app: { name: "shelf", region: "eu-west-1" },
  access,
  backends: { api: { handler: "src/api.handler", paths: ["/api/*"] } },
  site: { component: "StaticSite", path: "web", build: { command: "vite build", output: "dist" } },
  ${more}
});
`;
const files = {
  "access.ts": `import { defineAccess } from "sst-gatehouse";
export const access = defineAccess({
  rules: { "/": "anyone", "/books/*": "anyone", "/assets/*": "anyone", "/api/*": "signed-in" },
});
`,
  "gate.ts": gateOf(),
  "src/api.ts": `import { Hono } from "hono";
import { protect } from "sst-gatehouse/hono";
import { access } from "../access";
export const handler = protect(access, new Hono().get("/api/me", (c) => c.json({ ok: true })));
`,
  "web/dist/index.html": "<!doctype html>app",
  "web/dist/robots.txt": "all",
  "web/dist/assets/app-3f.js": "export {};",
};

test("plays an app's StaticSite: what a rule opens, from the built folder and the cache; the guard has the rest", async () => {
  const root = await foreignApp(files);
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
  const server = createServer(({ url }, response) => response.end(`dev ${url}`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const port = Object(server.address()).port;
  const root = await foreignApp({
    ...files,
    "gate.ts": gateOf(`local: { site: "http://127.0.0.1:${port}" },`),
  });
  const gate = await startGatehouse({ root });
  onTestFinished(() => gate.close());
  for (const path of ["/", "/books/7?x", "/@vite/client", "/src/main.ts?t=1", "/assets/a"])
    expect(await (await gate.fetch(path)).text()).toBe(`dev ${path}`);
  for (const path of ["/members", "/.auth/x.json", "/.well-known/x.json"])
    expect((await (await gate.fetch(path)).text()).startsWith("dev")).toBe(false);
  expect((await gate.fetch("/members")).code).toBe("access_denied");
  expect((await gate.fetch("/api/x.json")).code).toBe("token_missing");
});
