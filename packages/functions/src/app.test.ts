import { createHash } from "node:crypto";

import { adminUser, functionUrlEvent, plainUser, send } from "@sst-gatehouse/backend/test/events";
import { protectedApp } from "@sst-gatehouse/backend/test/protected-app";
import { expect, test } from "vitest";

import { app as routes } from "./app.ts";

const { app } = protectedApp(routes);

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);

test("greets the caller", async () => {
  const response = await send(app, { path: "/", caller: plainUser });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ message: "Hello, world!", caller: plainUser });
});

test("says that it is well to anybody", async () => {
  const response = await send(app, { path: "/public/health" });
  expect(await response.json()).toEqual({ ok: true });
});

test.each(["/echo", "/echo/", "/echo/a%2Fb/c", "/public/echo/x", "/admin/echo/x"])(
  "echoes what arrived at %s",
  async (path) => {
    const event = functionUrlEvent({
      method: "PATCH",
      path,
      query: "b=2&a=1&a=%20+",
      body: everyByte,
      caller: adminUser,
      cookies: ["session=secret"],
      headers: {
        "x-custom": "kept, as it is",
        authorization: "Bearer secret",
        cookie: "session=secret",
        "x-gatehouse-token": "secret",
      },
    });
    const response = await app.request(
      `https://api.example${path}`,
      { method: "PATCH" },
      { event },
    );
    const { "x-amz-security-token": _, ...others } = event.headers;
    const { authorization: _a, cookie: _c, "x-gatehouse-token": _t, ...shown } = others;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      method: "PATCH",
      path,
      query: "b=2&a=1&a=%20+",
      headers: shown,
      body: { sha256: sha256(everyByte), bytes: 256 },
    });
    expect(shown["x-custom"]).toBe("kept, as it is");
  },
);

test.each(["DELETE", "OPTIONS", "PUT", "POST"])("echoes %s as well", async (method) => {
  const response = await send(app, { method, path: "/echo", caller: plainUser });
  expect(await response.json()).toMatchObject({ method, body: { sha256: sha256(""), bytes: 0 } });
});

test("answers HEAD like GET, without a body", async () => {
  const response = await send(app, {
    method: "HEAD",
    path: "/echo",
    caller: plainUser,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.text()).toBe("");
});

const uploads: [what: string, body: string | Uint8Array, contentType: string, bytes: number][] = [
  ["text", "grüße", "text/plain", 7],
  ["binary bytes", everyByte, "application/octet-stream", 256],
  ["text that came as base64", new TextEncoder().encode("plain"), "text/plain", 5],
  ["text that looks like base64", "cGxhaW4=", "application/octet-stream", 8],
  ["nothing", "", "application/json", 0],
];

test.each(uploads)(
  "measures an upload of %s by its bytes",
  async (_what, body, contentType, bytes) => {
    const headers = { "content-type": contentType };
    const response = await send(app, {
      method: "POST",
      path: "/files",
      body,
      headers,
      caller: plainUser,
    });
    expect(await response.json()).toEqual({ sha256: sha256(body), bytes });
  },
);

test("serves made-up files as downloads that no browser opens", async () => {
  const get = (path: string, query: string) => send(app, { path, query, caller: plainUser });
  const response = await get("/files/report-1.csv", "bytes=100000");
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toEqual({
    "cache-control": "private, no-store",
    "content-disposition": 'attachment; filename="report-1.csv"',
    "content-length": "100000",
    "content-security-policy": "sandbox",
    "content-type": "application/octet-stream",
    vary: "Origin",
    "x-content-type-options": "nosniff",
  });
  const bytes = await response.bytes();
  expect(bytes.length).toBe(100_000);
  expect(await (await get("/files/report-1.csv", "bytes=100000")).bytes()).toEqual(bytes);
  expect(await (await get("/files/report-2.csv", "bytes=100000")).bytes()).not.toEqual(bytes);
  expect(await (await get("/files/report-1.csv", "")).bytes()).toEqual(bytes.subarray(0, 1024));
  expect(await (await get("/files/report-1.csv", "bytes=0")).bytes()).toEqual(new Uint8Array());
});

const badFiles: [path: string, query: string, status: number, code: string][] = [
  ["/files/a%20b", "", 404, "not_found"],
  ["/files/a%22b", "", 404, "not_found"],
  [`/files/${"a".repeat(101)}`, "", 404, "not_found"],
  ["/files/caf%C3%A9", "", 404, "not_found"],
  ["/files/a/b", "", 404, "not_found"],
  ["/files", "", 404, "not_found"],
  ["/files/a", "bytes=52428801", 400, "invalid_request"],
  ["/files/a", "bytes=-1", 400, "invalid_request"],
  ["/files/a", "bytes=1e3", 400, "invalid_request"],
  ["/files/a", "bytes=", 400, "invalid_request"],
  ["/files/a", "bytes=1&bytes=2", 400, "invalid_request"],
  ["/stream", "events=0", 400, "invalid_request"],
  ["/stream", "events=1001", 400, "invalid_request"],
  ["/stream", "events=57&interval=1000", 400, "invalid_request"],
];

test.each(badFiles)("answers %s?%s with %i %s", async (path, query, status, code) => {
  const response = await send(app, { path, query, caller: plainUser });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const { requestId } = functionUrlEvent().requestContext;
  expect(await response.json()).toMatchObject({
    status,
    code,
    requestId,
    detail: expect.any(String),
  });
});

test("takes the longest file name and the most bytes", async () => {
  const path = `/files/${"a".repeat(100)}`;
  const response = await send(app, {
    path,
    query: "bytes=52428800",
    caller: plainUser,
  });
  expect(response.status).toBe(200);
  await response.body?.cancel();
});

test("streams the events that the query asks for", async () => {
  const response = await send(app, {
    path: "/stream",
    query: "events=2&interval=1",
    caller: plainUser,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(await response.text()).toBe(
    'id: 1\nevent: tick\ndata: {"number":1,"of":2}\n\nid: 2\nevent: tick\ndata: {"number":2,"of":2}\n\n',
  );
});

test("has a report to read and one to order, and rooms for admins", async () => {
  const caller = { ...adminUser, scopes: ["api/write"] };
  expect((await send(app, { path: "/reports/daily", caller })).status).toBe(403);
  const reader = { ...adminUser, scopes: ["api/read"] };
  const read = await send(app, { path: "/reports/daily", caller: reader });
  expect(await read.json()).toEqual({ report: "daily", readBy: reader });
  const order = await send(app, { method: "POST", path: "/reports/daily", caller });
  expect(order.status).toBe(202);
  expect(await order.json()).toEqual({ report: "daily", orderedBy: caller });
  const room = await send(app, { path: "/admin/users", caller: adminUser });
  expect(await room.json()).toEqual({ area: "admin", path: "/admin/users" });
});

test.each([204, 302])("answers %i without a body", async (status) => {
  const response = await send(app, { path: `/empty/${status}`, caller: plainUser });
  expect([response.status, response.body]).toEqual([status, null]);
});
