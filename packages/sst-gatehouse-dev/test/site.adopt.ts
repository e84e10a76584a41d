import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { startGatehouse } from "../src/testing.ts";
import { appWithSite } from "./app-with-site.ts";

const app = {
  rules: {
    "/assets/*": "anyone",
    "/welcome.html": "anyone",
    "/api/*": "signed-in",
    "/*": "signed-in",
  },
  site: { path: "dist", fallback: "index.html" },
  files: {
    "dist/index.html": "<!doctype html>app",
    "dist/welcome.html": "<!doctype html>welcome",
    "dist/assets/app-3f.js": "export {};",
    "dist/api/hidden.json": "{}",
  },
} as const;

/** A raw path, which fetch would tidy. */
async function raw(url: string, path: string, headers = {}): Promise<[number, string]> {
  const asked = request(new URL(url), { path, headers });
  asked.end();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the event brings
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of answer) body += String(chunk);
  return [answer.statusCode ?? 0, body];
}

test("plays the built folder as CloudFront and its bucket would", async () => {
  const root = await appWithSite(app);
  const gate = await startGatehouse({ root });
  onTestFinished(() => gate.close());
  const alice = gate.as("alice");
  const seen = async (answer: Response) => [
    answer.status,
    answer.headers.get("cache-control"),
    answer.headers.get("x-cache")?.split(" ")[0],
    await answer.text(),
  ];

  // For anyone: from the cache, and no guard.
  const asset = "/assets/app-3f.js";
  const kept = "public, max-age=31536000, immutable";
  expect(await seen(await gate.fetch(asset))).toEqual([200, kept, "Miss", "export {};"]);
  expect(await seen(await gate.fetch(`${asset}?v=2`))).toEqual([200, kept, "Hit", "export {};"]);
  const bad = { headers: { authorization: "Bearer nonsense" } };
  expect((await gate.fetch(asset, bad)).status).toBe(200);
  expect((await gate.fetch(asset, { method: "POST" })).status).toBe(403);
  expect((await gate.fetch("/welcome.html")).headers.get("cache-control")).toBe("no-cache");

  // What a deploy brings shows after the second for which CloudFront keeps what it should not.
  writeFileSync(join(root, "dist/welcome.html"), "new");
  gate.clock.advance(2);
  expect(await (await gate.fetch("/welcome.html")).text()).toBe("new");

  // Guarded: the guard, each time, and every page is the app's one page.
  expect((await gate.fetch("/members/7")).code).toBe("token_missing");
  const page = [200, "private, no-cache", "Miss", "<!doctype html>app"];
  expect(await seen(await alice.fetch("/members/7"))).toEqual(page);
  expect(await seen(await alice.fetch("/members/7"))).toEqual(page);
  expect((await alice.fetch("/", { method: "HEAD" })).status).toBe(200);
  const etag = (await alice.fetch("/")).headers.get("etag") ?? "";
  expect((await alice.fetch("/", { headers: { "if-none-match": etag } })).status).toBe(304);
  const part = await alice.fetch("/", { headers: { range: "bytes=0-8" } });
  expect([part.status, await part.text()]).toEqual([206, "<!doctype"]);

  // The backend's paths are never the site's, and the guard's are its own.
  expect(await (await alice.fetch("/api/me")).json()).toEqual({ ok: true });
  expect((await alice.fetch("/api/hidden.json")).status).toBe(404);
  expect((await gate.fetch("/.auth/refresh", { method: "POST" })).status).toBe(403);

  // A file that is not there, and one that is no file of the folder.
  const denied = await alice.fetch("/missing.png");
  expect([denied.status, await denied.text()]).toEqual([
    403,
    expect.stringContaining("<Code>AccessDenied</Code>"),
  ]);
  expect(await raw(gate.url, "/assets/..%2findex.html")).toEqual([400, ""]);
  expect(await raw(gate.url, "/assets/../index.html")).toEqual([400, ""]);
  expect((await raw(gate.url, "/assets/%69ndex.html"))[0]).toBe(400);
  expect((await raw(gate.url, "/assets/nothing"))[0]).toBe(403);

  rmSync(join(root, "dist"), { recursive: true });
  expect((await alice.fetch("/")).status).toBe(403);
});

test("plays a development server behind the same rules, with its WebSocket, and keeps tokens from it", async () => {
  const asked: { url: string | undefined; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push({ url, headers });
    response.end(`dev ${url}`);
  });
  server.on("upgrade", ({ url, headers }, socket) => {
    asked.push({ url, headers });
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const port = Object(server.address()).port;
  const root = await appWithSite({ ...app, devServer: `http://127.0.0.1:${port}` });
  const gate = await startGatehouse({ root });
  onTestFinished(() => gate.close());
  const alice = gate.as("alice");

  expect((await gate.fetch("/src/main.ts")).code).toBe("token_missing");
  expect(asked).toEqual([]);
  expect(await (await alice.fetch("/@vite/client?t=1")).text()).toBe("dev /@vite/client?t=1");
  expect(await (await gate.fetch("/assets/logo?import")).text()).toBe("dev /assets/logo?import");
  expect(await (await gate.fetch("/assets/logo?import")).text()).toBe("dev /assets/logo?import");
  expect(asked).toHaveLength(3);
  for (const { headers } of asked)
    expect([headers.host, headers.authorization, headers.cookie]).toEqual([
      `127.0.0.1:${port}`,
      undefined,
      undefined,
    ]);
  expect(await (await alice.fetch("/api/me")).json()).toEqual({ ok: true });

  const upgrade = async (path: string, headers = {}) => {
    const socketRequest = request(new URL(gate.url), {
      path,
      headers: { connection: "Upgrade", upgrade: "websocket", ...headers },
    });
    socketRequest.end();
    return new Promise<number>((resolve) => {
      socketRequest.on("response", (answer) => resolve(answer.statusCode ?? 0));
      socketRequest.on("error", () => resolve(-1));
      socketRequest.on("upgrade", (_answer, socket) => {
        socket.once("data", (echo) => {
          socket.destroy();
          resolve(echo.toString() === "ping" ? 101 : 0);
        });
        socket.write("ping");
      });
    });
  };
  expect(await upgrade("/?token=a")).toBe(403);
  expect(await upgrade("/assets/hmr", { authorization: "Bearer x", cookie: "a=b" })).toBe(101);
  expect(asked.at(-1)?.headers).toMatchObject({ host: `127.0.0.1:${port}` });
  expect(asked.at(-1)?.headers).not.toMatchObject({ cookie: expect.anything() });
  expect(asked.at(-1)?.headers).not.toMatchObject({ authorization: expect.anything() });
  expect(await upgrade("/api/me")).toBe(403);
  expect(await upgrade("/assets/hmr", { host: "evil.example" })).toBe(-1);
});
